import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createSoundTrack, sampleAt, toBigEndian } from "../../daemon/source/sound-track.ts";

test("gaps are silence, overlaps are cut, and what lies before the start is left out", () => {
  const track = createSoundTrack(10, 1);
  track.put(8, Int16Array.of(1, 2, 3, 4));
  track.put(14, Int16Array.of(5, 6));
  track.put(15, Int16Array.of(7, 8));
  assert.deepEqual([...track.take(13)], [3, 4, 0]);
  assert.deepEqual([...track.take(20)], [0, 5, 6, 8, 0, 0, 0]);
});

test("whatever is put and taken, each sample comes once and in its place", () => {
  const put = fc.record({ sample: fc.integer({ min: 0, max: 300 }), count: fc.integer({ min: 0, max: 50 }) });
  fc.assert(
    fc.property(fc.array(put), fc.array(fc.integer({ min: 0, max: 60 })), (puts, takes) => {
      const track = createSoundTrack(0, 2);
      const taken: number[] = [];
      for (const [turn, { sample, count }] of puts.entries()) {
        track.put(
          sample,
          Int16Array.from({ length: count * 2 }, (_, at) => sample + Math.floor(at / 2) + 1),
        );
        taken.push(...track.take(track.next() + (takes[turn] ?? 0)));
      }
      for (const [at, value] of taken.entries()) assert.ok(value === 0 || value === Math.floor(at / 2) + 1);
      assert.equal(taken.length, track.next() * 2);
    }),
  );
});

test("the sample of a time comes from the time itself", () => {
  assert.equal(sampleAt(1e6 / 3, 44_100), 14_700);
  assert.equal(sampleAt(1e12, 44_100), 44_100_000_000);
});

test("samples go out big-endian", () => {
  assert.deepEqual([...toBigEndian(Int16Array.of(0x0102, -2))], [1, 2, 0xff, 0xfe]);
});
