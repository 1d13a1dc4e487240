import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  buildCompound,
  buildGenericNack,
  ntpFromUnixMs,
  ntpMiddle,
  parseCompound,
  parseGenericNack,
  unixMsFromNtp,
} from "../../wire/rtcp/index.ts";
import type { OwnRtcpPacket, RtcpPacket } from "../../wire/rtcp/index.ts";
import { badGenericNackCases, genericNackCases } from "./cases/generic-nack.ts";
import { badRtcpCases, rtcpCases } from "./cases/rtcp.ts";

describe("RTCP compound packets", () => {
  for (const { title, bytes, packets } of rtcpCases) {
    test(`${title}: read into packets`, () => assert.deepEqual(parseCompound(bytes), { ok: true, value: packets }));
  }

  for (const { title, bytes, packets } of rtcpCases.filter((one) => one.isOurForm)) {
    test(`${title}: built byte for byte`, () => assert.deepEqual(buildCompound(packets.filter(isOwn)), bytes));
  }

  for (const { title, bytes, reason } of badRtcpCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseCompound(bytes), { ok: false, reason }));
  }

  test("names and reasons over 255 bytes are cut, at a whole character", () => {
    const long = `${"x".repeat(254)}é`;
    const built = buildCompound([
      { kind: "receiver-report", ssrc: 1, reports: [] },
      { kind: "source-description", chunks: [{ ssrc: 1, cname: long }] },
      { kind: "goodbye", ssrcs: [1], reason: long },
    ]);
    const parsed = parseCompound(built);
    assert.ok(parsed.ok);
    const cut = "x".repeat(254);
    assert.deepEqual(parsed.value.slice(1), [
      { kind: "source-description", chunks: [{ ssrc: 1, cname: cut }] },
      { kind: "goodbye", ssrcs: [1], reason: cut },
    ]);
  });

  test("any number of sources with any names comes back, up to 31", () => {
    const cname = fc.option(fc.string({ unit: "grapheme", maxLength: 20 }));
    const chunk = fc.record({ ssrc: fc.integer({ min: 0, max: 0xffffffff }), cname }, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 40 }), (chunks) => {
        const built = buildCompound([
          { kind: "receiver-report", ssrc: 1, reports: [] },
          { kind: "source-description", chunks },
        ]);
        assert.equal(built.length % 4, 0);
        const parsed = parseCompound(built);
        assert.ok(parsed.ok);
        assert.deepEqual(parsed.value[1], {
          kind: "source-description",
          chunks: chunks.slice(0, 31),
        });
      }),
    );
  });

  test("losses beyond 24 bits stop at the largest number", () => {
    const block = {
      ssrc: 1,
      fractionLost: 0,
      cumulativeLost: 2 ** 30,
      highestSequence: 0,
      jitterRtpTs: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    };
    const parsed = parseCompound(buildCompound([{ kind: "receiver-report", ssrc: 1, reports: [block] }]));
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value, [{ kind: "receiver-report", ssrc: 1, reports: [{ ...block, cumulativeLost: 0x7fffff }] }]);
  });
});

describe("NTP timestamps", () => {
  const cases = [
    { title: "the Unix epoch", unixMs: 0, ntp: { seconds: 2_208_988_800, fraction: 0 } },
    {
      title: "half a second of 2026",
      unixMs: 1_795_000_000_500,
      ntp: { seconds: 4_003_988_800, fraction: 0x80000000 },
    },
    {
      title: "the last quarter before the era ends in 2036",
      unixMs: 2_085_978_495_750,
      ntp: { seconds: 0xffffffff, fraction: 0xc0000000 },
    },
    {
      title: "the first second of the next era",
      unixMs: 2_085_978_496_000,
      ntp: { seconds: 0, fraction: 0 },
    },
  ];
  for (const { title, unixMs, ntp } of cases) {
    test(`${title}: there and back`, () => {
      assert.deepEqual(ntpFromUnixMs(unixMs), ntp);
      assert.equal(unixMsFromNtp(ntp), unixMs);
    });
  }

  test("any time from 1970 to 2100 comes back within a microsecond", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 4_102_444_800_000, noNaN: true }), (unixMs) => {
        assert.ok(Math.abs(unixMsFromNtp(ntpFromUnixMs(unixMs)) - unixMs) < 0.001);
      }),
    );
  });

  test("the middle of a timestamp is its seconds' low half and its fraction's high half", () => {
    assert.equal(ntpMiddle({ seconds: 0x1234fedc, fraction: 0xba987654 }), 0xfedcba98);
  });
});

function isOwn(packet: RtcpPacket): packet is OwnRtcpPacket {
  return packet.kind !== "other";
}

describe("generic NACKs", () => {
  const MOST = 256;

  test("of the packets that are named no more are read than are wanted", () => {
    const sequences = Array.from({ length: 100 }, (_, index) => 2 * index);
    const parsed = parseGenericNack(buildGenericNack({ ssrc: 1, mediaSsrc: 2, sequences }), 12);
    assert.deepEqual(parsed, { ok: true, value: { ssrc: 1, mediaSsrc: 2, sequences: sequences.slice(0, 12) } });
  });

  for (const { title, bytes, nack } of genericNackCases) {
    test(`${title}: read`, () => assert.deepEqual(parseGenericNack(bytes, MOST), { ok: true, value: nack }));
    test(`${title}: built byte for byte`, () => assert.deepEqual(buildGenericNack(nack), bytes));
  }

  for (const { title, bytes, reason } of badGenericNackCases) {
    test(`${title}: refused with a reason`, () => assert.deepEqual(parseGenericNack(bytes, MOST), { ok: false, reason }));
  }

  test("any packets in the order of their sending come back", () => {
    const steps = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), steps, (first, distances) => {
        let sequence = first;
        const sequences = distances.map((distance) => (sequence = (sequence + distance) & 0xffff));
        assert.deepEqual(parseGenericNack(buildGenericNack({ ssrc: 1, mediaSsrc: 2, sequences }), MOST), {
          ok: true,
          value: { ssrc: 1, mediaSsrc: 2, sequences },
        });
      }),
    );
  });
});
