/** A channel by itself: what it orders of a sender that is not there, and what it tells. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { loadConfig } from "../../../config/load.ts";
import { Channel } from "../../../daemon/channel/channel.ts";
import type { ChannelNews } from "../../../daemon/channel/news.ts";
import { setUpChannel } from "../../../daemon/channel/setup.ts";
import type { SenderThread } from "../../../daemon/send/sender-thread.ts";
import type { ToSender } from "../../../daemon/send/sender-messages.ts";
import type { SourceItem } from "../../../daemon/source/messages.ts";

const FILMS: readonly SourceItem[] = Array.from({ length: 10 }, (_, index) => ({ kind: "file", path: `/films/${index}.mp4` }));

/** Its source has not said anything yet. `films`: null for what is configured. */
export function openChannel(context: TestContext, sets: readonly string[] = [], films: readonly SourceItem[] | null = FILMS) {
  const loaded = loadConfig({ sets, env: {}, files: [], cwd: "/" });
  const [config] = loaded.ok ? loaded.config.channels : [];
  assert.ok(config !== undefined);
  const orders: ToSender[] = [];
  const news: ChannelNews[] = [];
  const post = (order: ToSender): void => void orders.push(order);
  const never = (): Promise<never> => new Promise(() => {});
  const sender: SenderThread = { post, postQuietly: post, statistics: never, overdueMs: () => 0, close: never, failed: never() };
  const setup = setUpChannel(config, 0, null);
  const channel = new Channel(config, films === null ? setup : { ...setup, findItems: () => films }, sender, (one) => news.push(one));
  context.after(() => channel.leave());
  return { channel, orders, news };
}
