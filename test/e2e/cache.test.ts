import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCapture } from "./capture.ts";
import { createLan } from "./lan.ts";
import { pictureSeconds, referencePictures, referenceSound, temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { recordWithFfmpeg } from "./peers.ts";
import { matchPictures, shareRecorded } from "./picture-match.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { matchSound } from "./sound-match.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const SIZE = { width: 500, height: 281 };
const skip = lacks("ip", "tcpdump", "ffmpeg", "curl");

test(
  "a film that streamctl prepare has encoded plays from the cache: ffmpeg on another host decodes every frame of it, over the loop's seam",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const film = testMedia(context, folder);
    const cache = join(folder, "cache");
    const lan = await createLan(context, ["tx", "rx1"]);
    const streamctl = new URL("../../bin/streamctl", import.meta.url).pathname;
    const prepared = await lan.host("tx").exec(streamctl, ["--json", "prepare", "--dir", cache, film]);
    assert.deepEqual([prepared.status, prepared.stderr], [0, ""]);
    assert.deepEqual(JSON.parse(prepared.stdout), { done: [{ file: film, made: true }], failed: [] });

    const daemon = await startStreamerd(context, lan.host("tx"), ["--set", `cache.dir=${cache}`, film]);
    const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
    assert.equal((await daemon.channel()).cached, true);
    assert.match((await daemon.streamctl("channel", "show")).stdout, /from the cache/);
    const sdpFile = join(folder, "main.sdp");
    writeFileSync(sdpFile, await lan.host("rx1").output("curl", ["-sf", `http://${lan.host("tx").address}:9680/main.sdp`]));
    const recording = join(folder, "ffmpeg");
    mkdirSync(recording);
    // ffmpeg loses one or two pictures while it probes and at the first sender report: half a percent of this many is three.
    const seconds = 25;
    const { pictures, sound } = await recordWithFfmpeg(lan.host("rx1"), { sdpFile, folder: recording, seconds, size: SIZE });
    for (const { lost, reordered, duplicates, hasTimeGoneBack } of analyseRtp(await capture.stop()))
      assert.deepEqual({ lost, reordered, duplicates, hasTimeGoneBack }, { lost: 0, reordered: 0, duplicates: 0, hasTimeGoneBack: false });

    assert.ok(pictures !== null && sound !== null);
    const matches = matchPictures(pictures, referencePictures(film, SIZE, folder));
    assert.ok(shareRecorded(matches) >= 0.995, `ffmpeg shows ${shareRecorded(matches)} of the frames`);
    const psnrs = matches.map(({ psnrDb }) => psnrDb);
    const mean = psnrs.reduce((sum, one) => sum + one, 0) / psnrs.length;
    context.diagnostic(`${matches.length} frames, luma PSNR mean ${mean.toFixed(2)} dB, least ${Math.min(...psnrs).toFixed(2)} dB`);
    assert.ok(mean >= 38 && Math.min(...psnrs) >= 35, `PSNR mean ${mean}, least ${Math.min(...psnrs)}`);
    const { correlation } = matchSound(sound, referenceSound(film, { sampleRateHz: 44_100, channels: 2 }, pictureSeconds(film), folder), 2);
    assert.ok(correlation >= 0.99, `correlation ${correlation}`);
    const { counters, cached, sourcePid } = await daemon.channel();
    assert.deepEqual([cached, counters.sourceRestarts, counters.framesDropped, counters.sendErrors], [true, 0, 0, 0]);
    // The daemon reads it itself.
    assert.deepEqual([sourcePid, daemon.sources()], [null, []]);
  },
);

test("steering works from the cache: seek, pause, another rate; another quality is encoded anew", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const film = testMedia(context, folder);
  const cache = join(folder, "cache");
  const lan = await createLan(context, ["tx"]);
  const streamctl = new URL("../../bin/streamctl", import.meta.url).pathname;
  assert.equal((await lan.host("tx").exec(streamctl, ["prepare", "--dir", cache, film])).status, 0);
  const daemon = await startStreamerd(context, lan.host("tx"), ["--set", `cache.dir=${cache}`, film]);
  const steer = async (...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await daemon.streamctl(...words);
    assert.equal(status, 0, stderr);
  };
  await steer("channel", "seek", "main", "5");
  await waitFor("the place of the seek", async () => {
    const { state, positionMs, cached } = await daemon.channel();
    return state === "playing" && cached && positionMs >= 5000 && positionMs < 8000;
  });
  await steer("channel", "pause", "main");
  const { positionMs } = await daemon.channel();
  await steer("channel", "resume", "main");
  await steer("pacing", "set", "main", "--fps", "12");
  await waitFor("the film to go on at 12 FPS", async () => {
    const { cached, positionMs: now, pacing } = await daemon.channel();
    return cached && now > positionMs && Math.abs((pacing.measuredFps ?? 0) - 12) < 1;
  });
  await steer("set", "main", "quality", "40");
  await waitFor("the picture in the other quality, encoded live", async () => {
    const { picture, cached } = await daemon.channel();
    return picture?.quality === 40 && !cached;
  });
  await steer("channel", "seek", "main", "0");
  assert.equal((await daemon.channel()).counters.sourceRestarts, 0);
  assert.deepEqual(readdirSync(cache).filter((name) => name.endsWith(".mkv")).length, 1);
});

test("a cache that cannot be used is one line in the log, and the stream goes on", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const film = testMedia(context, folder);
  writeFileSync(join(folder, "cache"), "a file");
  const lan = await createLan(context, ["tx"]);
  const daemon = await startStreamerd(context, lan.host("tx"), ["--set", `cache.dir=${join(folder, "cache")}`, film]);
  await daemon.running.waitForLine(/source: cache: .* is no directory; name another one in cache\.dir/);
  await waitFor("the film to play", async () => (await daemon.channel()).counters.framesSent > 20);
  const { state, cached } = await daemon.channel();
  assert.deepEqual([state, cached], ["playing", false]);
});
