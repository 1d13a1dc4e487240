import assert from "node:assert/strict";
import { test } from "node:test";
import { Beginning } from "../../../daemon/pace/beginning.ts";

test("a place begins with a stock of 200 ms, however long it takes, but not later than 300 ms after its first media", () => {
  const beginning = new Beginning();
  assert.deepEqual([beginning.timelineMs, beginning.deadlineMs], [null, Number.POSITIVE_INFINITY]);
  beginning.note(5000, 70_000);
  beginning.note(5199, 70_100);
  assert.deepEqual([beginning.timelineMs, beginning.deadlineMs], [5000, 70_300]);
  beginning.note(5200, 70_200);
  assert.deepEqual([beginning.timelineMs, beginning.deadlineMs], [5000, Number.NEGATIVE_INFINITY]);
});

test("what is complete is not waited for; without media there is nothing to begin with", () => {
  const beginning = new Beginning();
  beginning.complete();
  assert.equal(beginning.deadlineMs, Number.POSITIVE_INFINITY);
  beginning.note(0, 1000);
  assert.equal(beginning.deadlineMs, Number.NEGATIVE_INFINITY);
  beginning.clear();
  assert.deepEqual([beginning.timelineMs, beginning.deadlineMs], [null, Number.POSITIVE_INFINITY]);
  beginning.note(0, 2000);
  assert.equal(beginning.deadlineMs, 2300);
});
