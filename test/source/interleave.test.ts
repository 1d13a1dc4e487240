import assert from "node:assert/strict";
import { test } from "node:test";
import { createInterleaver, type Interleaved, type Interleaver } from "../../daemon/source/interleave.ts";

const RATE = 1000;
const picture = { jpeg: new Uint8Array(10), width: 1, height: 1, quality: 80, isReduced: false };
const sound = { sampleRateHz: RATE, channels: 1, firstSample: 0 };

function drain(interleaver: Interleaver): string[] {
  const out: string[] = [];
  for (let ready: Interleaved | null = interleaver.poll(); ready !== null; ready = interleaver.poll()) {
    out.push(ready.kind === "picture" ? `P${ready.timelineUs / 1000}` : `S${ready.sample}+${ready.samples.length}`);
  }
  return out;
}

test("a picture comes after the sound before it, and sound no further than the picture is known", () => {
  const interleaver = createInterleaver({
    sound,
    picture: { startUs: 0, expectedEndUs: () => 1e6, heldFromUs: () => null },
    soundStartUs: 0,
    maxBytes: 1e6,
  });
  interleaver.putPicture(0, 50_000, picture);
  interleaver.putPicture(50_000, 100_000, picture);
  assert.deepEqual(drain(interleaver), ["P0"]);
  interleaver.putSound(0, new Int16Array(500));
  assert.deepEqual(drain(interleaver), ["S0+25", "S25+25", "P50", "S50+25", "S75+25"]);
  interleaver.finish(110_000);
  assert.deepEqual(drain(interleaver), ["S100+10"]);
});

test("silence fills what the sound leaves open at the end", () => {
  const interleaver = createInterleaver({
    sound,
    picture: { startUs: 0, expectedEndUs: () => 1e6, heldFromUs: () => null },
    soundStartUs: null,
    maxBytes: 1e6,
  });
  interleaver.putPicture(0, 40_000, picture);
  interleaver.finish(40_000);
  assert.deepEqual(drain(interleaver), ["P0", "S0+25", "S25+15"]);
});

test("without sound pictures go at once", () => {
  const interleaver = createInterleaver({
    sound: null,
    picture: { startUs: 0, expectedEndUs: () => 1e6, heldFromUs: () => null },
    soundStartUs: null,
    maxBytes: 1e6,
  });
  interleaver.putPicture(0, 40_000, picture);
  interleaver.putPicture(7000_000, 7040_000, picture);
  assert.deepEqual(drain(interleaver), ["P0", "P7000"]);
});

test("pictures wait for sound that is late in the file, but only so long and with so many bytes", () => {
  const options = { sound, picture: { startUs: 0, expectedEndUs: () => 1e7, heldFromUs: () => null }, soundStartUs: 0 };
  const patient = createInterleaver({ ...options, maxBytes: 1e6 });
  for (let at = 0; at < 100; at++) patient.putPicture(at * 40_000, (at + 1) * 40_000, picture);
  const pictures = drain(patient).filter((text) => text.startsWith("P"));
  assert.ok(pictures.length > 20 && pictures.length < 30, `${pictures.length}`);
  const full = createInterleaver({ ...options, maxBytes: 300 });
  for (let at = 0; at < 50; at++) full.putPicture(at * 40_000, (at + 1) * 40_000, picture);
  assert.ok(drain(full).filter((text) => text.startsWith("P")).length >= 19);
});

test("what is to be heard while a picture stands long is waited for: it lies behind the picture in the file", () => {
  const interleaver = createInterleaver({
    sound,
    picture: { startUs: 0, expectedEndUs: () => 2e7, heldFromUs: () => null },
    soundStartUs: 0,
    maxBytes: 1e6,
  });
  interleaver.putPicture(0, 1e7, picture);
  assert.deepEqual(drain(interleaver), ["P0"]);
  interleaver.putSound(0, new Int16Array(50));
  assert.deepEqual(drain(interleaver), ["S0+25", "S25+25"]);
});

test("sound waits for a picture that a decoder holds, unless it becomes too much", () => {
  const held = { startUs: 0, expectedEndUs: () => 1e8, heldFromUs: () => 5e6 };
  const interleaver = createInterleaver({ sound, picture: held, soundStartUs: 0, maxBytes: 40_000 });
  interleaver.putSound(0, new Int16Array(15_000));
  drain(interleaver);
  assert.equal(interleaver.nextSample(), 5000);
  interleaver.putSound(15_000, new Int16Array(15_000));
  drain(interleaver);
  assert.ok(interleaver.nextSample() > 5000);
});

test("the picture ends with its last one, however long a former one was said to stand", () => {
  const interleaver = createInterleaver({
    sound,
    picture: { startUs: 0, expectedEndUs: () => 1e6, heldFromUs: () => null },
    soundStartUs: null,
    maxBytes: 1e6,
  });
  interleaver.putPicture(0, 9e6, picture);
  interleaver.putPicture(40_000, 80_000, picture);
  assert.equal(interleaver.pictureEndUs(), 80_000);
});

test("sound goes on through a long still picture, but never past the picture's end", () => {
  const interleaver = createInterleaver({
    sound,
    picture: { startUs: 0, expectedEndUs: () => 5e6, heldFromUs: () => null },
    soundStartUs: 0,
    maxBytes: 1e6,
  });
  interleaver.putPicture(0, 40_000, picture);
  interleaver.putSound(0, new Int16Array(20_000));
  drain(interleaver);
  assert.equal(interleaver.nextSample(), 5000);
  interleaver.finish(5e6);
  assert.deepEqual(drain(interleaver), []);
});
