import assert from "node:assert/strict";
import { test } from "node:test";
import { isTurned, orient, orientationOfMatrix, UPRIGHT } from "../../daemon/source/orientation.ts";

function matrix(a: number, b: number, c: number, d: number): Uint8Array {
  return new Uint8Array(Int32Array.of(a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30).buffer);
}

/** 1 2 3
 *  4 5 6, in rows of four. */
const pixels = Uint32Array.of(1, 2, 3, 0, 4, 5, 6, 0);

const cases = [
  { name: "upright", matrix: matrix(1, 0, 0, 1), shown: [1, 2, 3, 4, 5, 6] },
  { name: "a quarter clockwise", matrix: matrix(0, 1, -1, 0), shown: [4, 1, 5, 2, 6, 3] },
  { name: "a quarter anticlockwise", matrix: matrix(0, -1, 1, 0), shown: [3, 6, 2, 5, 1, 4] },
  { name: "upside down", matrix: matrix(-1, 0, 0, -1), shown: [6, 5, 4, 3, 2, 1] },
  { name: "mirrored", matrix: matrix(-1, 0, 0, 1), shown: [3, 2, 1, 6, 5, 4] },
  { name: "mirrored at the diagonal", matrix: matrix(0, 1, 1, 0), shown: [1, 4, 2, 5, 3, 6] },
] as const;

for (const { name, matrix: bytes, shown } of cases) {
  test(`a display matrix can mean ${name}`, () => {
    const orientation = orientationOfMatrix(bytes);
    assert.deepEqual([...orient(pixels, 3, 2, 4, orientation)], shown);
    assert.equal(isTurned(orientation), name.includes("quarter") || name.includes("diagonal"));
  });
}

test("an odd angle, an empty matrix and none are upright", () => {
  for (const bytes of [matrix(1, 1, -1, 1), new Uint8Array(36), new Uint8Array(3), null])
    assert.deepEqual(orientationOfMatrix(bytes), UPRIGHT);
});
