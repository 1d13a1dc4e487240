import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer } from "../../../daemon/announce/announcer.ts";
import type { Channel } from "../../../daemon/channel/channel.ts";
import { waitFor } from "../../e2e/wait.ts";
import { openChannel } from "../channel/open-channel.ts";

const SETS = ["source=camera:/dev/video77", "interfaces=lo"].map((set) => `channels.main.${set}`);

/** Whether it is described; nothing is sent. */
async function isAnnounced(channel: Channel): Promise<boolean> {
  let isDescribed = false;
  const describe = (): null => {
    isDescribed = true;
    return null;
  };
  const announcer = new Announcer({ channels: new Map([["main", channel]]), group: "239.255.91.91", describe });
  await announcer.start();
  announcer.close();
  return isDescribed;
}

test("a channel whose live source is away is announced as before, and not when it is stopped", async (context) => {
  const { channel } = openChannel(context, SETS, null);
  channel.begin(null);
  await waitFor("its being away", () => channel.state === "no-signal");
  assert.equal(await isAnnounced(channel), true);
  channel.stop();
  assert.equal(await isAnnounced(channel), false);
});

test("a channel that waits for somebody to join is announced: who is to join has to find it", async (context) => {
  const { channel } = openChannel(context, [...SETS, "channels.main.onDemand=true"], null);
  channel.begin(null);
  assert.equal(channel.state, "idle");
  assert.equal(await isAnnounced(channel), true);
});
