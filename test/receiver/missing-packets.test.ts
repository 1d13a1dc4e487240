import assert from "node:assert/strict";
import { test } from "node:test";
import { MissingPackets } from "../../receiver/reassemble/missing-packets.ts";

test("what is missing is asked for after 3 ms, then after 20, 40 and so on, until it is of no use any more", () => {
  const missing = new MissingPackets(200);
  missing.note(7, 8, 1000);
  assert.equal(missing.nextMs, 1003);
  const asked: number[] = [];
  for (let atMs = 1000; atMs <= 1400; atMs++) if (missing.take(atMs).length > 0) asked.push(atMs - 1000);
  assert.deepEqual(asked, [3, 23, 63, 143]);
  assert.equal(missing.nextMs, Infinity);
  assert.deepEqual(missing.outcome, { came: 0, failed: 2 });
});

test("what has only been overtaken is not asked for, and what came after it was asked for is known", () => {
  const missing = new MissingPackets(200);
  missing.note(7, 8, 0);
  missing.noteArrival(7);
  assert.deepEqual(missing.take(3), [8]);
  missing.noteArrival(8);
  missing.noteArrival(8);
  assert.deepEqual(missing.take(1000), []);
  assert.deepEqual(missing.outcome, { came: 1, failed: 0 });
});

test("an interruption is no loss, and of many losses the newest thousand are asked for", () => {
  const missing = new MissingPackets(200);
  missing.note(0, 599, 0);
  assert.deepEqual(missing.take(10), []);
  for (let first = 1000; first < 4000; first += 500) missing.note(first, first + 399, 0);
  const asked = missing.take(10);
  assert.deepEqual([asked.length, asked[0], asked.at(-1)], [1024, 2676, 3899]);
});
