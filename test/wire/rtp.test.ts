import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { RTP_HEADER_BYTES, parseRtp, writeRtpHeader } from "../../wire/rtp.ts";
import { badRtpCases, rtpCases } from "./cases/rtp.ts";

describe("RTP packets", () => {
  for (const { title, bytes, packet } of rtpCases) {
    test(`${title}: read into its parts`, () => assert.deepEqual(parseRtp(bytes), { ok: true, value: packet }));
  }

  for (const { title, bytes, packet } of rtpCases.filter((one) => one.isOurForm)) {
    test(`${title}: written into the middle of a buffer, and nothing beside it`, () => {
      const target = new Uint8Array(RTP_HEADER_BYTES + 6).fill(0xee);
      writeRtpHeader(target, 3, packet);
      assert.deepEqual(target.subarray(3, 3 + RTP_HEADER_BYTES), bytes.subarray(0, RTP_HEADER_BYTES));
      assert.ok([...target.subarray(0, 3), ...target.subarray(3 + RTP_HEADER_BYTES)].every((byte) => byte === 0xee));
    });
  }

  for (const { title, bytes, reason } of badRtpCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseRtp(bytes), { ok: false, reason }));
  }

  test("any header comes back as it was written", () => {
    const u32 = fc.integer({ min: 0, max: 0xffffffff });
    const header = fc.record({
      payloadType: fc.integer({ min: 0, max: 127 }),
      marker: fc.boolean(),
      sequence: fc.integer({ min: 0, max: 0xffff }),
      rtpTs: u32,
      ssrc: u32,
    });
    fc.assert(
      fc.property(header, (written) => {
        const packet = new Uint8Array(RTP_HEADER_BYTES);
        writeRtpHeader(packet, 0, written);
        assert.deepEqual(parseRtp(packet), {
          ok: true,
          value: { ...written, csrcs: [], extension: null, payload: new Uint8Array() },
        });
      }),
    );
  });
});
