import assert from "node:assert/strict";
import { test } from "node:test";
import { lacks } from "./needs.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { playFor, setTheStage } from "./stage.ts";
import { waitForNewSource } from "./streamerd.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg");

test("a channel does not notice that the source of another one is killed again and again", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context, [
    "--set",
    "channels.other.source=null",
    "--set",
    "channels.other.group=239.255.91.77",
  ]);
  const running = await capture();
  for (let kill = 0; kill < 3; kill++) {
    const old = (await daemon.channel("main")).sourcePid ?? 0;
    process.kill(old, "SIGKILL");
    await waitForNewSource(daemon, old);
    await playFor(daemon, 1000);
  }
  const { counters, state } = await daemon.channel("other");
  assert.equal(state, "playing");
  const { framesDropped, framesRepeated, silentBlocks, sourceRestarts } = counters;
  assert.deepEqual(
    { framesDropped, framesRepeated, silentBlocks, sourceRestarts },
    { framesDropped: 0, framesRepeated: 0, silentBlocks: 0, sourceRestarts: 0 },
  );
  const reports = analyseRtp(await running.stop()).filter(({ group }) => group === "239.255.91.77");
  assert.equal(reports.length, 2);
  for (const { lost, hasTimeGoneBack } of reports) assert.deepEqual({ lost, hasTimeGoneBack }, { lost: 0, hasTimeGoneBack: false });
  // Its 25 pictures a second, all of them.
  const [picture] = reports;
  assert.ok(Math.abs((picture?.frames ?? 0) - (picture?.seconds ?? 0) * 25) <= 4, `${picture?.frames} pictures in ${picture?.seconds} s`);
});
