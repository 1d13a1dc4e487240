import assert from "node:assert/strict";
import { test } from "node:test";
import { lacks } from "./needs.ts";
import { assertOneUnbrokenSession, largestGapMs, pictures, playFor, setTheStage } from "./stage.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg");

test(
  "a film that loops needs its source process for the first pass, and again for another quality: no picture is missing, and no sound",
  { skip },
  async (context) => {
    const { daemon, capture } = await setTheStage(context, [], 4);
    const running = await capture();
    assert.equal(daemon.sources().length, 1);
    await waitFor("the second pass", async () => (await daemon.channel()).cached);
    assert.deepEqual([(await daemon.channel()).sourcePid, daemon.sources()], [null, []]);
    await playFor(daemon, 3000);
    assert.equal((await daemon.streamctl("set", "quality", "40")).status, 0);
    await waitFor("the other quality", async () => (await daemon.channel()).picture?.quality === 40);
    const [pid] = daemon.sources();
    const { sourcePid, cached } = await daemon.channel();
    assert.deepEqual([sourcePid, cached], [pid, false]);
    await waitFor("a pass of that quality", async () => (await daemon.channel()).cached);
    await playFor(daemon, 2000);
    assert.deepEqual(daemon.sources(), []);
    const datagrams = await running.stop();
    assertOneUnbrokenSession(datagrams);
    const { counters } = await daemon.channel();
    const { framesDropped, silentBlocks, sourceRestarts } = counters;
    assert.deepEqual({ framesDropped, silentBlocks, sourceRestarts }, { framesDropped: 0, silentBlocks: 0, sourceRestarts: 0 });
    // 24 pictures a second.
    assert.ok(largestGapMs(pictures(datagrams)) < 42, `${largestGapMs(pictures(datagrams))} ms between two pictures`);

    // The timeline begins anew, and need not come to where the former one was.
    for (const word of ["stop", "start"]) assert.equal((await daemon.streamctl("channel", word)).status, 0);
    await playFor(daemon, 2000);
    assert.deepEqual([(await daemon.channel()).sourcePid, daemon.sources()], [null, []]);
  },
);
