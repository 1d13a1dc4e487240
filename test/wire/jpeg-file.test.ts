import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { buildJpegFile, parseJpeg, quantizationTables, rtpQuality } from "../../wire/jpeg/index.ts";
import { badJpegFileCases, decodePicture, encodePicture, jpegFileCases } from "./cases/jpeg-file.ts";

describe("JPEG files", () => {
  for (const { title, bytes, ...expected } of jpegFileCases) {
    test(`${title}: read`, () => {
      const parsed = parseJpeg(bytes);
      assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
      const { width, height, type, restartInterval, tables } = parsed.value;
      assert.deepEqual({ width, height, type, restartInterval, q: rtpQuality(tables) }, expected);
    });

    test(`${title}: built again from its parts, it decodes to the same picture and reads the same`, () => {
      const parsed = parseJpeg(bytes);
      assert.ok(parsed.ok);
      const built = buildJpegFile(parsed.value, [parsed.value.scan]);
      assert.deepEqual(parseJpeg(built), parsed);
      assert.deepEqual(decodePicture(built), decodePicture(bytes));
    });
  }

  for (const { title, bytes, reason } of badJpegFileCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseJpeg(bytes), { ok: false, reason }));
  }

  test("a file cut off anywhere is refused", () => {
    const file = encodePicture(48, 32, 80);
    for (let length = 0; length < file.length; length++) assert.equal(parseJpeg(file.subarray(0, length)).ok, false);
  });

  test("an end-of-image marker that came with the scan is not doubled, even in two chunks", () => {
    const parsed = parseJpeg(encodePicture(48, 32, 80));
    assert.ok(parsed.ok);
    const plain = buildJpegFile(parsed.value, [parsed.value.scan]);
    const withEnd = buildJpegFile(parsed.value, [parsed.value.scan, Uint8Array.of(0xff), Uint8Array.of(0xd9)]);
    assert.deepEqual(withEnd, plain);
  });
});

describe("quantization tables", () => {
  test("for every Q from 1 to 99 they are those that libjpeg writes at that quality", () => {
    for (let q = 1; q <= 99; q++) {
      const parsed = parseJpeg(encodePicture(16, 16, q));
      assert.ok(parsed.ok);
      assert.deepEqual(parsed.value.tables, quantizationTables(q));
    }
  });

  test("their Q is found again, and no other tables have one", () => {
    for (let q = 1; q <= 99; q++) assert.equal(rtpQuality(quantizationTables(q)), q);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.nat(127), fc.integer({ min: 1, max: 255 }), (q, index, step) => {
        const tables = quantizationTables(q);
        fc.pre(tables[index] !== step);
        tables[index] = step;
        assert.equal(rtpQuality(tables), 255);
      }),
    );
  });
});
