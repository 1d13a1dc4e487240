/** Beginnings of packets by x264, with and without start codes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isReference, referencesToRecovery } from "../../daemon/source/recovery-point.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** Lengths of four bytes. */
const MP4 = bytes("01f4000dffe10018");
const ANNEX_B = bytes("0000000167f4000d");
const USER_DATA = "0605 04 aabbccdd 80";

const CASES = [
  { name: "a stripe's beginning, lengths", packet: "00000006 0606020b4480 00000003 419ba9", extradata: MP4, count: 21, refers: true },
  {
    name: "the same, start codes",
    packet: "0000000109f0 00000001 0606020b4480 000001 419ba9",
    extradata: ANNEX_B,
    count: 21,
    refers: true,
  },
  { name: "no extradata", packet: "000001 0606020b4480 000001 419ba9", extradata: null, count: 21, refers: true },
  {
    name: "behind another message",
    packet: `000001 ${USER_DATA} 000001 0606020b4480 000001 419ba9`,
    extradata: null,
    count: 21,
    refers: true,
  },
  { name: "an open group of pictures", packet: "000001 0606 01 c4 80 000001 419ba9", extradata: null, count: 0, refers: true },
  { name: "a key picture that says nothing", packet: "000001 65b84000", extradata: null, count: 0, refers: true },
  { name: "a picture that nothing refers to", packet: "00000003 019ba9", extradata: MP4, count: 0, refers: false },
  // 65,535 is 2 × 16 + 1 bits; the zeros in it are kept apart by a 3.
  { name: "the most there is", packet: "000001 0606 05 0000 0380 0000 40 80 000001 419ba9", extradata: null, count: 65_535, refers: true },
  { name: "a message that breaks off", packet: "000001 0606", extradata: null, count: 0, refers: false },
  { name: "nothing", packet: "", extradata: MP4, count: 0, refers: false },
] as const;

for (const { name, packet, extradata, count, refers } of CASES) {
  test(`${name}: whole after ${count} pictures`, () => {
    assert.equal(referencesToRecovery(bytes(packet), extradata), count);
    assert.equal(isReference(bytes(packet), extradata), refers);
  });
}

test("anything is read to its end", () => {
  const any = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(any, fc.constantFrom(MP4, ANNEX_B, null), (packet, extradata) => {
      const count = referencesToRecovery(packet, extradata);
      assert.ok(count >= 0 && count <= 65_535);
      isReference(packet, extradata);
    }),
    { numRuns: 2000 },
  );
});
