/** Steered while it plays, and ended: what arrives on another host stays one session without a gap. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { parseCompound } from "../../wire/rtcp/index.ts";
import { startCapture } from "./capture.ts";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { assertOneUnbrokenSession, pictures, playFor, setTheStage } from "./stage.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg");

test("at 10 frames a second the pictures are evenly spaced and the film keeps its speed", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context);
  assert.equal((await daemon.streamctl("pacing", "set", "main", "--fps", "10")).status, 0);
  const running = await capture();
  const from = await daemon.status();
  await playFor(daemon, 4000);
  const to = await daemon.status();
  const seen = pictures(await running.stop());
  assert.ok(seen.length >= 38, `${seen.length} pictures`);
  seen.slice(1).forEach(({ rtpTs }, index) => assert.equal((rtpTs - (seen[index]?.rtpTs ?? 0)) >>> 0, 9000));
  const movedMs = (to.channels[0]?.positionMs ?? 0) - (from.channels[0]?.positionMs ?? 0);
  assert.ok(Math.abs(movedMs - (to.uptimeMs - from.uptimeMs)) < 200, `the film moved by ${movedMs} ms in ${to.uptimeMs - from.uptimeMs}`);
  const refused = await daemon.streamctl("pacing", "set", "main", "--fps", "60");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /film\.mp4 has 24 frames a second: 60 is more; use at most 24\n$/);
  assert.equal((await daemon.streamctl("pacing", "set", "main", "--ts", "125")).status, 0);
  assert.equal((await daemon.pacing()).targetFps, 8);
});

test("pause, seek, resume, stop and start stay in one session without a gap, and Ctrl-C ends it with BYE", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context);
  const running = await capture();
  const streamctl = async (...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await daemon.streamctl("channel", ...words);
    assert.equal(status, 0, stderr);
  };
  await streamctl("pause", "main");
  await playFor(daemon, 2500);
  await streamctl("seek", "main", "20");
  await streamctl("resume", "main");
  await waitFor("the new place", async () => (await daemon.channel()).positionMs >= 20_000);
  assert.ok((await daemon.channel()).positionMs < 28_000);
  await streamctl("stop", "main");
  assert.equal((await daemon.channel()).state, "stopped");
  await streamctl("start", "main");
  await waitFor("the film to play", async () => (await daemon.channel()).state === "playing");
  await streamctl("next", "main");
  await playFor(daemon, 500);
  assert.deepEqual(await daemon.stop(), { status: 0, signal: null });
  const datagrams = await running.stop();
  assertOneUnbrokenSession(datagrams);
  const goodbyes = datagrams.filter(({ payload }) => {
    const parsed = parseCompound(payload);
    return parsed.ok && parsed.value.some(({ kind }) => kind === "goodbye");
  });
  assert.equal(goodbyes.length, 2);
});

test("films of unlike lengths loop without a gap: RTP time and sequence numbers go on in both streams", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const films = [1.5, 0.7].map((seconds, index) => makeFilm(join(folder, `${index}.mp4`), seconds));
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), films);
  const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
  await playFor(daemon, 10_000);
  const datagrams = await capture.stop();
  assertOneUnbrokenSession(datagrams);
  const seen = pictures(datagrams);
  const steps = seen.slice(1).map(({ rtpTs }, index) => (rtpTs - (seen[index]?.rtpTs ?? 0)) >>> 0);
  assert.ok(Math.max(...steps) <= 3751 * 2 && Math.min(...steps) >= 3000, `steps from ${Math.min(...steps)} to ${Math.max(...steps)}`);
  const { counters } = await daemon.channel();
  assert.deepEqual({ dropped: counters.framesDropped, silent: counters.silentBlocks }, { dropped: 0, silent: 0 });
});

test("--loop=false plays once, says goodbye and ends with status 0", { skip }, async (context) => {
  const { daemon, folder } = await setTheStage(context, ["--loop=false"], 2);
  assert.ok(folder.length > 0);
  assert.deepEqual(await daemon.running.ended, { status: 0, signal: null });
});

test("--loop=false beside a channel that has failed ends with status 3 and says why", { skip }, async (context) => {
  const { daemon } = await setTheStage(context, ["--loop=false", "--set", "channels.other.source=/nowhere.mp4"], 2);
  assert.deepEqual(await daemon.running.ended, { status: 3, signal: null });
  assert.match(
    daemon.running.stderr(),
    /^streamerd: channels\.other\.source: \/nowhere\.mp4: there is no such file or directory; check the path$/m,
  );
});
