import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer } from "../../../daemon/announce/announcer.ts";
import { waitFor } from "../../e2e/wait.ts";
import { openChannel } from "../open-channel.ts";

test("a channel whose live source is away is announced as before, and not when it is stopped", async (context) => {
  const sets = ["source=camera:/dev/video77", "interfaces=lo"].map((set) => `channels.main.${set}`);
  const { channel } = openChannel(context, sets, null);
  /** Whether it is described; nothing is sent. */
  const isAnnounced = async (): Promise<boolean> => {
    let isDescribed = false;
    const describe = (): null => {
      isDescribed = true;
      return null;
    };
    const announcer = new Announcer({ channels: new Map([["main", channel]]), group: "239.255.91.91", describe });
    await announcer.start();
    announcer.close();
    return isDescribed;
  };
  channel.begin(null);
  await waitFor("its being away", () => channel.state === "no-signal");
  assert.equal(await isAnnounced(), true);
  channel.stop();
  assert.equal(await isAnnounced(), false);
});
