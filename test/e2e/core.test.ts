import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCapture } from "./capture.ts";
import { beepTimesS, flashTimesS } from "./flash-and-beep.ts";
import type { Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { pictureSeconds, referencePictures, referenceSound, temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { recordWithFfmpeg, recordWithGStreamer, recordWithTimes } from "./peers.ts";
import { matchPictures, shareRecorded } from "./picture-match.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { matchSound } from "./sound-match.ts";
import { startStreamerd } from "./streamerd.ts";

const SIZE = { width: 500, height: 281 };
const RATE_HZ = 44_100;
const skip = lacks("ip", "tcpdump", "ffmpeg", "gst-launch-1.0", "curl");

/** Fetches the session description over HTTP, as a player does, into a file. */
async function fetchSdp(host: Host, sender: Host, folder: string): Promise<string> {
  const file = join(folder, "main.sdp");
  writeFileSync(file, await host.output("curl", ["-sf", `http://${sender.address}:9680/main.sdp`]));
  return file;
}

function folderFor(folder: string, name: string): string {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
}

test(
  "ffmpeg and GStreamer on two hosts decode every frame, the pictures are the film's scaled to 500×281, the sound is its stereo",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const film = testMedia(context, folder);
    const lan = await createLan(context, ["tx", "rx1", "rx2"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [film]);
    const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
    const sdpFile = await fetchSdp(lan.host("rx1"), lan.host("tx"), folder);
    // ffmpeg loses one or two pictures while it probes and at the first sender report: half a percent of this many is three.
    const seconds = 25;
    const [ffmpeg, gstreamer] = await Promise.all([
      recordWithFfmpeg(lan.host("rx1"), { sdpFile, folder: folderFor(folder, "ffmpeg"), seconds, size: SIZE }),
      recordWithGStreamer(lan.host("rx2"), { sdpFile, folder: folderFor(folder, "gstreamer"), seconds, size: SIZE }),
    ]);
    const reports = analyseRtp(await capture.stop());
    for (const { lost, reordered, duplicates, hasTimeGoneBack } of reports) {
      assert.deepEqual({ lost, reordered, duplicates, hasTimeGoneBack }, { lost: 0, reordered: 0, duplicates: 0, hasTimeGoneBack: false });
    }
    assert.equal(reports.length, 2);

    const referenceFrames = referencePictures(film, SIZE, folder);
    const reference = referenceSound(film, { sampleRateHz: RATE_HZ, channels: 2 }, pictureSeconds(film), folder);
    for (const [name, { pictures, sound }] of Object.entries({ ffmpeg, gstreamer })) {
      assert.ok(pictures !== null && sound !== null);
      const matches = matchPictures(pictures, referenceFrames);
      assert.ok(shareRecorded(matches) >= 0.995, `${name} shows ${shareRecorded(matches)} of the frames`);
      const psnrs = matches.map(({ psnrDb }) => psnrDb);
      const mean = psnrs.reduce((sum, one) => sum + one, 0) / psnrs.length;
      context.diagnostic(
        `${name}: ${matches.length} frames, luma PSNR mean ${mean.toFixed(2)} dB, least ${Math.min(...psnrs).toFixed(2)} dB`,
      );
      assert.ok(mean >= 38, `${name}: mean PSNR ${mean}`);
      assert.ok(Math.min(...psnrs) >= 35, `${name}: least PSNR ${Math.min(...psnrs)}`);
      const { correlation } = matchSound(sound, reference, 2);
      context.diagnostic(`${name}: correlation of the sound ${correlation.toFixed(4)}`);
      assert.ok(correlation >= 0.99, `${name}: correlation ${correlation}`);
    }
    assert.equal((await daemon.status()).totals.sendErrors, 0);
    assert.deepEqual(await daemon.stop(), { status: 0, signal: null });
  },
);

test("in what ffmpeg records of the test film each beep begins within 20 ms of its flash", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
  await startStreamerd(context, lan.host("tx"), []);
  const sdpFile = await fetchSdp(lan.host("rx1"), lan.host("tx"), folder);
  const recorded = await recordWithTimes(lan.host("rx1"), { sdpFile, folder, seconds: 8 });
  const flashes = flashTimesS(recorded);
  const beeps = beepTimesS(recorded);
  assert.ok(flashes.length >= 4 && beeps.length >= 4, `${flashes.length} flashes, ${beeps.length} beeps`);
  const pairs = flashes.map((flash) => Math.min(...beeps.map((beep) => Math.abs(beep - flash))));
  const inside = pairs.filter((distance) => distance < 0.5);
  assert.ok(inside.length >= 4);
  context.diagnostic(`distances in ms: ${inside.map((distance) => (distance * 1000).toFixed(1)).join(", ")}`);
  assert.ok(Math.max(...inside) <= 0.02, `${inside}`);
});

test("the line for ffplay works as it is printed, from another host", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), []);
  const line = await daemon.running.waitForLine(/ffplay -protocol_whitelist/);
  const args = line.trim().split(/\s+/).slice(2);
  const url = args.pop() ?? "";
  // The same library and the same options; a screen is all that is missing.
  const ffmpeg = await lan.host("rx1").exec("ffmpeg", ["-v", "error", "-nostdin", ...args, "-i", url, "-t", "2", "-f", "null", "-"]);
  assert.equal(ffmpeg.status, 0, ffmpeg.stderr);
});
