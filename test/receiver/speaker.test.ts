import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "../../receiver/clock.ts";
import { MOST_STRETCH, Stretch } from "../../receiver/playout/stretch.ts";
import { DeviceFeed } from "../../receiver/sinks/speaker/device-feed.ts";
import { openSpeaker } from "../../receiver/sinks/speaker/speaker.ts";
import { waitFor } from "../e2e/wait.ts";

const RATE = 44_100;
const BLOCK = 320;
const BLOCK_MS = (BLOCK * 1000) / RATE;
const isBuilt = existsSync(new URL("../../node_modules/speaker/build/Release/binding.node", import.meta.url));

/** Interleaved, `from` on. */
function sine(from: number, frames: number, hertz: number, channels = 1): Int16Array {
  return Int16Array.from(
    { length: frames * channels },
    (_, index) => 12_000 * Math.sin((2 * Math.PI * hertz * (from + Math.floor(index / channels))) / RATE),
  );
}

/** Times the wave goes up through zero, in the first channel. */
function crossings(samples: Int16Array, channels = 1): number {
  let count = 0;
  for (let index = channels; index < samples.length; index += channels)
    if ((samples[index - channels] ?? 0) < 0 && (samples[index] ?? 0) >= 0) count++;
  return count;
}

test("stretched sound is longer or shorter by what was asked, in all, and has no step in it", () => {
  for (const by of [0, 0.001, -0.001, 0.0004, 1, -1]) {
    const stretch = new Stretch(2);
    const pieces: Int16Array[] = [];
    for (let block = 0; block < 1000; block++) pieces.push(stretch.apply(sine(block * BLOCK, BLOCK, 440, 2), by));
    const frames = pieces.reduce((sum, piece) => sum + piece.length / 2, 0);
    const wanted = 1000 * BLOCK * (1 + Math.max(-MOST_STRETCH, Math.min(MOST_STRETCH, by)));
    assert.ok(Math.abs(frames - wanted) < 2, `${frames} for ${wanted}`);
    const whole = Int16Array.from(pieces.flatMap((piece) => [...piece]));
    // A sine of 440 Hz and 12,000 rises by at most 752 a sample.
    for (let index = 2; index < whole.length; index++) assert.ok(Math.abs((whole[index] ?? 0) - (whole[index - 2] ?? 0)) < 760);
  }
});

/** A device that plays what it has at its own pace; answers when each block of sound came out. */
function playOn(feed: DeviceFeed, blocks: readonly { readonly samples: Int16Array; readonly playAtMs: number }[], leadMs: number): number {
  let written = 0;
  let nowMs = 0;
  let next = 0;
  while (next < blocks.length || feed.poll(nowMs) !== null) {
    for (let block = blocks[next]; block !== undefined && block.playAtMs - leadMs <= nowMs; block = blocks[next]) {
      feed.push(block.samples, block.playAtMs);
      next++;
    }
    for (let step = feed.poll(nowMs); step !== null && "write" in step; step = feed.poll(nowMs)) written += step.write.length;
    nowMs += 1;
    if (nowMs > 100_000) break;
  }
  return written;
}

test("the device is given silence until the first sample's time, then sound without a step while the clock agrees", () => {
  const feed = new DeviceFeed({ sampleRateHz: RATE, channels: 1 });
  const blocks = Array.from({ length: 500 }, (_, index) => ({
    samples: sine(index * BLOCK, BLOCK, 440),
    playAtMs: 150 + index * BLOCK_MS,
  }));
  const written = playOn(feed, blocks, 100);
  assert.equal(feed.jumps, 0);
  const silent = written - 500 * BLOCK;
  assert.ok(silent > 0 && silent <= 0.1 * RATE, `${silent} samples of silence`);
});

test("a clock that is off by little is followed without a jump, one that is off by much with one", () => {
  const slow = new DeviceFeed({ sampleRateHz: RATE, channels: 1 });
  const drifting = Array.from({ length: 2000 }, (_, index) => ({
    samples: sine(index * BLOCK, BLOCK, 440),
    playAtMs: 150 + index * BLOCK_MS * 1.0002,
  }));
  playOn(slow, drifting, 100);
  assert.equal(slow.jumps, 0);
  const torn = new DeviceFeed({ sampleRateHz: RATE, channels: 1 });
  const jumping = Array.from({ length: 600 }, (_, index) => ({
    samples: sine(0, BLOCK, 440),
    playAtMs: 150 + index * BLOCK_MS + (index > 300 ? 60 : 0),
  }));
  playOn(torn, jumping, 100);
  assert.equal(torn.jumps, 1);
});

test(
  "what is given to the loudspeaker comes out of the device, in pitch, level and length",
  { skip: isBuilt ? false : "the package speaker is not built: npm run setup:speaker" },
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "streamerd-speaker-"));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "out.raw");
    writeFileSync(join(folder, ".asoundrc"), `pcm.testfile { type file slave.pcm { type null } file "${file}" format raw }\n`);
    const before = process.env["HOME"];
    process.env["HOME"] = folder;
    const lines: string[] = [];
    const speaker = openSpeaker({
      form: { sampleRateHz: RATE, channels: 2 },
      device: "testfile",
      say: (line) => lines.push(line),
      mayComeLater: false,
      onHopeless: () => lines.push("hopeless"),
    });
    if (before === undefined) delete process.env["HOME"];
    else process.env["HOME"] = before;
    // The process takes a moment to come up; meanwhile what is due is dropped. When it opens the device, the file appears.
    await waitFor("the device", () => existsSync(file));
    await delay(300);
    const startMs = monotonicMs() + 200;
    for (let block = 0; block < 276; block++) {
      const playAtMs = startMs + block * BLOCK_MS;
      while (monotonicMs() < playAtMs - 110) await delay(5);
      speaker.sound({
        samples: sine(block * BLOCK, BLOCK, 441, 2),
        firstSample: block * BLOCK,
        senderMs: 0,
        localMs: 0,
        playAtMs,
        lostSamples: 0,
      });
    }
    await delay(500);
    await speaker.close();
    assert.deepEqual(lines, []);
    const bytes = readFileSync(file);
    const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
    const first = samples.findIndex((sample) => sample !== 0);
    const sound = samples.subarray(first & ~1);
    // The last half second is in the buffer of the device when it is closed.
    const seconds = sound.length / 2 / RATE;
    assert.ok(seconds > 1.2 && seconds < 2.01, `${seconds} s`);
    assert.ok(Math.abs(crossings(sound, 2) / seconds - 441) < 5, `${crossings(sound, 2) / seconds} Hz`);
    assert.ok(Math.max(...sound.subarray(0, 8820)) > 11_500);
  },
);

test(
  "without a device one line says so, and that it is given up, and nothing else happens",
  { skip: isBuilt ? false : "the package speaker is not built: npm run setup:speaker" },
  async () => {
    const lines: string[] = [];
    const speaker = openSpeaker({
      form: { sampleRateHz: RATE, channels: 2 },
      device: "nosuchdevice",
      say: (line) => lines.push(line),
      mayComeLater: false,
      onHopeless: () => lines.push("hopeless"),
    });
    await delay(1000);
    for (let block = 0; block < 50; block++) {
      speaker.sound({
        samples: new Int16Array(BLOCK * 2),
        firstSample: block * BLOCK,
        senderMs: 0,
        localMs: 0,
        playAtMs: monotonicMs() + 100,
        lostSamples: 0,
      });
      await delay(7);
    }
    for (let tries = 0; lines.length === 0 && tries < 100; tries++) await delay(50);
    await speaker.close();
    assert.deepEqual(lines, ["no sound: the sound device nosuchdevice cannot be opened", "hopeless"]);
  },
);

test(
  "a device that was not there at the start is taken when it comes",
  { skip: isBuilt ? false : "the package speaker is not built: npm run setup:speaker" },
  async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "streamerd-speaker-"));
    const before = process.env["HOME"];
    process.env["HOME"] = folder;
    context.after(() => {
      if (before === undefined) delete process.env["HOME"];
      else process.env["HOME"] = before;
      rmSync(folder, { recursive: true, force: true });
    });
    const lines: string[] = [];
    const speaker = openSpeaker({
      form: { sampleRateHz: RATE, channels: 2 },
      device: "latecomer",
      say: (line) => lines.push(line),
      mayComeLater: true,
      onHopeless: () => lines.push("hopeless"),
    });
    let block = 0;
    const playUntil = (what: string, isSo: () => boolean): Promise<true> =>
      waitFor(what, () => {
        const piece = {
          samples: sine(block * BLOCK, BLOCK, 441, 2),
          firstSample: block++ * BLOCK,
          senderMs: 0,
          localMs: 0,
          lostSamples: 0,
        };
        speaker.sound({ ...piece, playAtMs: monotonicMs() + 100 });
        return isSo();
      });
    await playUntil("the word that there is none", () => lines.length === 1);
    const file = join(folder, "out.raw");
    writeFileSync(join(folder, ".asoundrc"), `pcm.latecomer { type file slave.pcm { type null } file "${file}" format raw }\n`);
    await playUntil("sound in the device", () => existsSync(file) && statSync(file).size > 0);
    await speaker.close();
    assert.deepEqual(lines, ["no sound: the sound device latecomer cannot be opened; trying again"]);
  },
);
