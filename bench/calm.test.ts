import assert from "node:assert/strict";
import { test } from "node:test";
import { calmRounds } from "./calm.ts";

test("a disturbed round is run again until a calm one, or until there is no time left; the calmest counts", async () => {
  const steals = [0.1, 4, 0.2, 3, 2, 5, 7];
  let runs = 0;
  const run = async () => {
    const index = runs++;
    return { value: index, stealPercent: steals[index] ?? 0 };
  };
  const calmly = calmRounds(3);
  assert.equal((await calmly(run)).value, 0, "calm at once");
  assert.equal((await calmly(run)).value, 2, "calm the second time");
  assert.equal((await calmly(run)).value, 4, "never calm: the least");
  assert.equal((await calmly(run)).value, 6, "no time left");
});
