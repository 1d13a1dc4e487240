import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { buildJpegFile, createJpegParser, parseJpeg, quantizationTables, rtpQuality } from "../../wire/jpeg/index.ts";
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

describe("a parser of one stream", () => {
  const good = jpegFileCases.map(({ bytes }) => bytes);
  const bad = badJpegFileCases.map(({ bytes }) => bytes);

  test("answers what each file alone is answered, whatever came before", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...good, ...bad), { maxLength: 12 }), (files) => {
        const parse = createJpegParser();
        for (const file of files) assert.deepEqual(parse(file), parseJpeg(file));
      }),
    );
  });

  test("reads pictures of the same headers, and notices where they change or the scan is damaged", () => {
    const parse = createJpegParser();
    const files = [80, 80, 80, 81, 80].map((quality, index) => encodePicture(48 + 16 * (index >> 2), 32, quality));
    for (const file of files) {
      assert.deepEqual(parse(file), parseJpeg(file));
      for (const length of [file.length - 1, file.length - 2, 300, 1, 0]) assert.equal(parse(file.subarray(0, length)).ok, false);
      assert.deepEqual(parse(file), parseJpeg(file));
    }
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

  test("their Q is found again, and tables of no Q have none", () => {
    for (let q = 1; q <= 99; q++) assert.equal(rtpQuality(quantizationTables(q)), q);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.nat(127), fc.integer({ min: 1, max: 255 }), (q, index, step) => {
        const tables = quantizationTables(q);
        fc.pre(tables[index] !== step);
        tables[index] = step;
        const found = rtpQuality(tables);
        assert.notEqual(found, q);
        // Of the coarsest tables, some differ in one step only.
        if (found !== 255) assert.deepEqual(quantizationTables(found), tables);
      }),
    );
  });
});
