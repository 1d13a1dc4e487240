import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseJpegPayload } from "../../wire/jpeg/index.ts";
import { MAIN_HEADER_BYTES, writeMainHeader } from "../../wire/jpeg/main-header.ts";
import { QUANTIZATION_HEADER_BYTES, writeQuantizationHeader } from "../../wire/jpeg/quantization-header.ts";
import { RESTART_HEADER_BYTES, writeRestartHeader } from "../../wire/jpeg/restart-header.ts";
import { badJpegPayloadCases, jpegPayloadCases } from "./cases/jpeg-payload.ts";

describe("RTP/JPEG payloads", () => {
  for (const { title, bytes, payload } of jpegPayloadCases) {
    test(`${title}: read into headers and scan`, () => assert.deepEqual(parseJpegPayload(bytes), { ok: true, value: payload }));
  }

  for (const { title, bytes, payload } of jpegPayloadCases) {
    test(`${title}: its headers written read the same`, () => {
      const target = new Uint8Array(MAIN_HEADER_BYTES + RESTART_HEADER_BYTES + QUANTIZATION_HEADER_BYTES + payload.scan.length);
      let at = MAIN_HEADER_BYTES;
      writeMainHeader(target, 0, payload);
      assert.deepEqual(target.subarray(0, MAIN_HEADER_BYTES), bytes.subarray(0, MAIN_HEADER_BYTES));
      if (payload.restart !== null) {
        writeRestartHeader(target, at, payload.restart);
        at += RESTART_HEADER_BYTES;
      }
      if (payload.tables !== null) {
        writeQuantizationHeader(target, at, payload.tables);
        at += QUANTIZATION_HEADER_BYTES;
      }
      target.set(payload.scan, at);
      const reliesOnEarlierTables = payload.q >= 128 && payload.fragmentOffset === 0 && payload.tables === null;
      if (!reliesOnEarlierTables) {
        assert.deepEqual(parseJpegPayload(target.subarray(0, at + payload.scan.length)), {
          ok: true,
          value: payload,
        });
      }
    });
  }

  for (const { title, bytes, reason } of badJpegPayloadCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseJpegPayload(bytes), { ok: false, reason }));
  }

  test("sides that are no multiple of 8 are written rounded up", () => {
    const target = new Uint8Array(MAIN_HEADER_BYTES);
    writeMainHeader(target, 0, {
      typeSpecific: 0,
      fragmentOffset: 0,
      type: 1,
      hasRestartHeader: false,
      q: 80,
      width: 500,
      height: 281,
    });
    assert.deepEqual([target[6], target[7]], [504 / 8, 288 / 8]);
  });
});
