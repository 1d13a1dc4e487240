import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePageMessage, pictureMessage, soundMessage, textMessage } from "../../receiver/sinks/viewer/messages.ts";
import { parseMedia, parseText } from "../../web/messages.js";

const asPageGetsIt = (message: Buffer): ArrayBuffer => new Uint8Array(message).buffer;

test("a picture arrives as it was given", async () => {
  const jpeg = Uint8Array.of(0xff, 0xd8, 1, 2, 3, 0xff, 0xd9);
  const got = parseMedia(
    asPageGetsIt(pictureMessage({ jpeg, width: 500, height: 281, senderMs: 1.7e12 + 0.25, localMs: 1034.5, showAtMs: 1234.5 })),
  );
  assert.equal(got?.kind, "picture");
  const { width, height, senderMs, showAtMs } = got;
  assert.deepEqual([width, height, senderMs, showAtMs], [500, 281, 1.7e12 + 0.25, 1234.5]);
  assert.deepEqual(await got.jpeg.bytes(), jpeg);
});

test("sound arrives as it was given", () => {
  const samples = Int16Array.of(-32_768, 32_767, 0, 1);
  const sound = { samples, firstSample: 2 ** 40, senderMs: 1.7e12, playAtMs: 99.75, lostSamples: 2 };
  const got = parseMedia(asPageGetsIt(soundMessage({ ...sound, localMs: 0 }, 2)));
  assert.deepEqual(got, { kind: "sound", channels: 2, ...sound });
});

test("text arrives as it was given", () => {
  const report = {
    kind: "report",
    fps: 24,
    lost: 1,
    expected: 600,
    repaired: 3,
    late: 2,
    jitterMs: 0.4,
    bufferMs: 180,
    skewMs: -3,
  } as const;
  const { fps: _, ...known } = report;
  assert.deepEqual(parseText(textMessage(report)), known);
  for (const message of [
    { kind: "form", title: "main", video: true, audio: { sampleRateHz: 44_100, channels: 2 }, onLoudspeaker: false },
    { kind: "form", title: "", video: false, audio: null, onLoudspeaker: true },
    { kind: "state", state: "away", text: "gone" },
    { kind: "pong", pageMs: 1.5, serverMs: 2.5 },
  ] as const)
    assert.deepEqual(parseText(textMessage(message)), message);
});

test("what is not whole is left out", () => {
  for (const bytes of [0, 1, 23, 31]) assert.equal(parseMedia(new ArrayBuffer(bytes)), null);
  assert.equal(parseMedia(asPageGetsIt(Buffer.from([2, ...Array.from({ length: 32 }, () => 0)]))), null, "half a sample");
  assert.equal(parseMedia(asPageGetsIt(Buffer.alloc(64, 9))), null, "another kind");
  for (const text of ["", "{", "null", "3", "{}", '{"kind":"other"}']) assert.equal(parseText(text), null);
});

test("the page may say two things, and nothing else", () => {
  assert.deepEqual(parsePageMessage('{"kind":"ping","pageMs":3.5}'), { kind: "ping", pageMs: 3.5 });
  const shown = { kind: "shown", fps: 24, skewMs: null, latenessMs: 3 };
  assert.deepEqual(parsePageMessage(JSON.stringify(shown)), shown);
  for (const text of [
    "",
    "[]",
    '{"kind":"ping"}',
    '{"kind":"ping","pageMs":"1"}',
    '{"kind":"shown","fps":-1,"skewMs":0,"latenessMs":0}',
    '{"kind":"stop"}',
  ])
    assert.equal(parsePageMessage(text), null);
});
