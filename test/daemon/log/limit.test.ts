import assert from "node:assert/strict";
import { test } from "node:test";
import { LogLimit } from "../../../daemon/log/limit.ts";

test("a line that comes again and again is written five times in half a minute, and the others are counted", () => {
  const limit = new LogLimit();
  const written = Array.from({ length: 100 }, (_, index) => limit.admit("main: late", 40, index * 100)).filter(Boolean);
  assert.equal(written.length, 5);
  assert.deepEqual(limit.takeEnded(29_999), []);
  assert.deepEqual(limit.takeEnded(30_000), [{ line: "main: late", level: 40, times: 95 }]);
  assert.deepEqual(limit.takeEnded(60_000), []);
  assert.equal(limit.admit("main: late", 40, 60_000), true);
});

test("different lines do not hold each other back, however many there are", () => {
  const limit = new LogLimit();
  for (let number = 0; number < 10_000; number++) assert.equal(limit.admit(`line ${number}`, 40, 0), true);
});

test("a line that came as often as it may is not told again", () => {
  const limit = new LogLimit();
  for (let times = 0; times < 5; times++) limit.admit("once", 40, 0);
  assert.deepEqual(limit.takeEnded(40_000), []);
});
