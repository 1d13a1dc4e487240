import assert from "node:assert/strict";
import { test } from "node:test";
import { applyVolume } from "../../../daemon/pace/volume.ts";

function scaled(samples: readonly number[], from: number, to: number): readonly number[] {
  const pcm = Buffer.alloc(samples.length * 2 + 1);
  for (const [index, sample] of samples.entries()) pcm.writeInt16BE(sample, index * 2);
  applyVolume(pcm, from, to);
  return samples.map((_, index) => pcm.readInt16BE(index * 2));
}

const cases: readonly (readonly [string, readonly number[], number, number, readonly number[]])[] = [
  ["1 leaves every sample as it is", [1, -2, 32_767, -32_768], 1, 1, [1, -2, 32_767, -32_768]],
  ["0 is silence", [1, -2, 32_767], 0, 0, [0, 0, 0]],
  ["0.5 is half, rounded", [3, -100, 32_767, -32_768], 0.5, 0.5, [2, -50, 16_384, -16_384]],
  ["what is too loud is clipped", [20_000, -20_000, 100], 2, 2, [32_767, -32_768, 200]],
];
for (const [title, samples, from, to, expected] of cases) test(title, () => assert.deepEqual(scaled(samples, from, to), expected));

test("a change goes in a straight line from the old factor to the new one", () => {
  const steady = Array.from({ length: 100 }, () => 1000);
  const changed = scaled(steady, 0, 1);
  assert.ok(changed.every((sample, index) => Math.abs(sample - (index + 1) * 10) <= 10));
});
