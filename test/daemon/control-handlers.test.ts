import assert from "node:assert/strict";
import { test } from "node:test";
import { createHandlers, type Daemon } from "../../daemon/control-handlers.ts";
import { Sender } from "../../daemon/send/sender.ts";
import type { StatisticsAnswer } from "../../daemon/send/sender-messages.ts";
import { CONFIG, INIT } from "../sim/sender-run.ts";
import { openChannel } from "./channel/open-channel.ts";

test("of two clients that move a channel at once the second one moves on from where the first one has gone", async (context) => {
  const { channel } = openChannel(context);
  channel.begin({ path: "/films/8.mp4", itemIndex: 8, positionMs: 0 });
  const statistics = { ...new Sender(CONFIG, INIT).statistics(0), timelineMs: 90_000 };
  // What both have read is of the place before: by that time the ninth film would have come.
  const read = async (): Promise<StatisticsAnswer> => ({ statistics, sent: { packets: 0, bytes: 0 }, sendErrors: 0, rollovers: null });
  const moved: number[] = [];
  const { moveTo } = channel.media;
  context.mock.method(channel.media, "itemIndexAt", (timelineMs: number | null) => (timelineMs === null ? (moved.at(-1) ?? 8) : 8));
  context.mock.method(channel.media, "moveTo", (itemIndex: number, positionMs: number) => {
    moved.push(itemIndex);
    moveTo.call(channel.media, itemIndex, positionMs);
  });
  const daemon = {
    channels: new Map([["main", channel]]),
    sender: { statistics: read },
    clientsOf: () => 0,
    retransmittedOf: () => 0,
    recordingProblem: () => null,
    hostWarning: () => null,
  } as unknown as Daemon;
  const handlers = createHandlers(daemon);
  const caller = {} as Parameters<(typeof handlers)["channel.next"]>[1];
  await Promise.all([handlers["channel.next"]({ channel: "main" }, caller), handlers["channel.next"]({ channel: "main" }, caller)]);
  assert.deepEqual(moved, [9, 0]);
});
