import assert from "node:assert/strict";
import { test } from "node:test";
import { PictureRow } from "../../receiver/reassemble/picture-row.ts";

/** Pictures of three packets, by the number of the picture; `lost`: their numbers. */
function rowOf(firstSequence: number, pictures: number, lost: readonly number[]): PictureRow {
  const row = new PictureRow();
  for (let packet = 0; packet < 3 * pictures; packet++) {
    if (!lost.includes(packet)) row.note(Math.floor(packet / 3), (firstSequence + packet) & 0xffff, packet % 3 === 2);
  }
  return row;
}

test("a picture is behind another one if the end of that has come, also where the numbers wrap", () => {
  for (const first of [1, 65_530]) {
    const row = rowOf(first, 4, []);
    assert.deepEqual(
      [0, 1, 2, 3].map((picture) => row.isBehindAnother(picture)),
      [false, true, true, true],
    );
  }
});

test("behind a picture of which the end is missing, or all, it is not; what comes later puts that right, in any order", () => {
  const row = rowOf(65_530, 4, [5, 6, 7, 8]);
  assert.deepEqual([row.isBehindAnother(2), row.isBehindAnother(3)], [false, false]);
  for (const packet of [8, 7, 6, 5]) row.note(Math.floor(packet / 3), (65_530 + packet) & 0xffff, packet % 3 === 2);
  assert.deepEqual([row.isBehindAnother(2), row.isBehindAnother(3)], [true, true]);
});

test("its own first packet may be the last to come", () => {
  const row = rowOf(1, 2, [3]);
  assert.equal(row.isBehindAnother(1), false);
  row.note(1, 4, false);
  assert.equal(row.isBehindAnother(1), true);
});

test("it keeps a bounded number of them, and nothing after a clear", () => {
  const row = rowOf(0, 10_000, []);
  assert.equal(row.isBehindAnother(9_999), true);
  assert.equal(row.isBehindAnother(100), false);
  row.clear();
  assert.equal(row.isBehindAnother(9_999), false);
});
