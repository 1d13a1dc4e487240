import assert from "node:assert/strict";
import { test } from "node:test";
import { RepairEffort } from "../../receiver/reassemble/repair-effort.ts";

/** A hundred packets a second are asked for, of which so many come; nothing is asked for in a rest. Returns when each rest began, in seconds. */
function rests(cameOf100: (second: number) => number, seconds: number): readonly number[] {
  const effort = new RepairEffort();
  const begun: number[] = [];
  let [came, failed] = [0, 0];
  for (let second = 1; second <= seconds; second++) {
    if (effort.isResting(second * 1000)) continue;
    came += cameOf100(second);
    failed += 100 - cameOf100(second);
    effort.look({ came, failed }, second * 1000);
    if (effort.isResting(second * 1000)) begun.push(second);
  }
  return begun;
}

test("while what is asked for comes, nothing rests", () =>
  assert.deepEqual(
    rests(() => 80, 100),
    [],
  ));

test("where asking does no good it rests, longer each time, and half a minute at most", () => {
  assert.deepEqual(
    rests(() => 70, 120),
    [1, 3, 7, 15, 31, 63, 95],
  );
});

test("a rest after asking has done good is a short one again", () => {
  assert.deepEqual(
    rests((second) => (second > 10 && second < 40 ? 100 : 0), 60),
    [1, 3, 7, 40, 42, 46, 54],
  );
});

test("few packets tell nothing", () => {
  const effort = new RepairEffort();
  effort.look({ came: 0, failed: 99 }, 0);
  assert.equal(effort.isResting(0), false);
});
