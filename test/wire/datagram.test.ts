import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  WAV_HEADER_BYTES,
  buildPictureDatagram,
  mostJpegBytes,
  parsePictureDatagram,
  parseSoundDatagram,
  writeWavHeader,
} from "../../wire/datagram/index.ts";
import { hex } from "./cases/bytes.ts";
import { badDatagramCases, jfif, jpeg, stamp, stampedJfif, stampedJpeg, stampedWav } from "./cases/datagram.ts";

describe("datagrams that are files", () => {
  test("a picture's stamp is a comment behind the start of the file", () => {
    assert.deepEqual(buildPictureDatagram(jpeg, stamp, "raw"), { ok: true, value: stampedJpeg });
    assert.deepEqual(parsePictureDatagram(stampedJpeg), { ok: true, value: { jpeg: stampedJpeg, stamp } });
  });

  test("the comment stands behind the segment that JFIF wants to be the first", () => {
    assert.deepEqual(buildPictureDatagram(jfif, stamp, "raw"), { ok: true, value: stampedJfif });
    assert.deepEqual(parsePictureDatagram(stampedJfif), { ok: true, value: { jpeg: stampedJfif, stamp } });
  });

  test("what is no whole JPEG is not sent", () => {
    assert.deepEqual(buildPictureDatagram(jpeg.subarray(2), stamp, "raw"), { ok: false, reason: "JPEG: no start of image" });
    assert.deepEqual(buildPictureDatagram(jpeg.subarray(0, -1), stamp, "raw"), { ok: false, reason: "JPEG: no end of image" });
    const lying = hex("ffd8 ffe0 ffff 4a46 ffd9");
    const built = buildPictureDatagram(lying, stamp, "raw");
    assert.deepEqual(built.ok && parsePictureDatagram(built.value), { ok: true, value: { jpeg: built.ok && built.value, stamp } });
  });

  test("as base64 it is the text of the same file", () => {
    const text = new TextEncoder().encode(Buffer.from(stampedJpeg).toString("base64"));
    assert.deepEqual(buildPictureDatagram(jpeg, stamp, "base64"), { ok: true, value: text });
    assert.deepEqual(parsePictureDatagram(text), { ok: true, value: { jpeg: stampedJpeg, stamp } });
    assert.deepEqual(parsePictureDatagram(new TextEncoder().encode(`${new TextDecoder().decode(text)}\n`)).ok, true);
  });

  test("a stranger's JPEG is read without a stamp, and its comment is not taken for one", () => {
    assert.deepEqual(parsePictureDatagram(jpeg), { ok: true, value: { jpeg, stamp: null } });
    const commented = Uint8Array.from(stampedJpeg).fill(0x41, 6, 10);
    assert.deepEqual(parsePictureDatagram(commented), { ok: true, value: { jpeg: commented, stamp: null } });
  });

  test("sound is a WAV with a chunk of our own before the samples", () => {
    const wav = new Uint8Array(WAV_HEADER_BYTES + 4);
    wav.set([1, 0, 0xfe, 0xff], WAV_HEADER_BYTES);
    writeWavHeader(wav, { sampleRateHz: 44_100, channels: 2 }, stamp);
    assert.deepEqual(wav, stampedWav);
    const parsed = parseSoundDatagram(wav);
    assert.deepEqual(parsed, { ok: true, value: { sampleRateHz: 44_100, channels: 2, pcm: stampedWav.subarray(WAV_HEADER_BYTES), stamp } });
  });

  for (const { as, title, bytes, reason } of badDatagramCases) {
    test(`${title} is no ${as}`, () =>
      assert.deepEqual(as === "picture" ? parsePictureDatagram(bytes) : parseSoundDatagram(bytes), { ok: false, reason }));
  }

  test("the largest picture that is let in fills a datagram, and one byte more is refused", () => {
    for (const encoding of ["raw", "base64"] as const) {
      const largest = new Uint8Array(mostJpegBytes(encoding));
      largest.set(jpeg.subarray(0, 2));
      largest.set(jpeg.subarray(-2), largest.length - 2);
      const built = buildPictureDatagram(largest, stamp, encoding);
      assert.ok(built.ok && built.value.length <= 65_507 && built.value.length > 65_500, encoding);
      const tooLarge = new Uint8Array(largest.length + 1);
      tooLarge.set(largest, 1);
      tooLarge.set(jpeg.subarray(0, 2));
      assert.deepEqual(buildPictureDatagram(tooLarge, stamp, encoding), { ok: false, reason: "JPEG: too large for a datagram" });
    }
  });

  test("any stamp comes back as it was written", () => {
    const us = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const stamps = fc.record({ sequence: fc.integer({ min: 0, max: 0xffffffff }), mediaUs: us, senderUs: us });
    fc.assert(
      fc.property(stamps, fc.constantFrom("raw" as const, "base64" as const), (written, encoding) => {
        const built = buildPictureDatagram(jpeg, written, encoding);
        const parsed = built.ok ? parsePictureDatagram(built.value) : built;
        assert.deepEqual(parsed.ok && parsed.value.stamp, { ...written });
      }),
    );
  });
});
