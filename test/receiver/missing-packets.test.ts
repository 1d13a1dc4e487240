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
  missing.noteArrival(7, 1);
  assert.equal(missing.noteAnswer(8, 2), false, "not asked for yet");
  assert.deepEqual(missing.take(3), [8]);
  assert.equal(missing.noteAnswer(8, 5), true);
  assert.equal(missing.noteAnswer(8, 5), false);
  assert.deepEqual([missing.take(100), missing.nextMs], [[], Infinity]);
  missing.take(1000);
  assert.deepEqual(missing.outcome, { came: 1, failed: 0 });
});

test("where packets are overtaken for longer, they are waited for as long, up to a quarter of the patience; for some seconds after the last one", () => {
  const missing = new MissingPackets(200);
  const waitedMs = (atMs: number): number => {
    missing.clear();
    missing.note(1, 1, atMs);
    return missing.nextMs - atMs;
  };
  missing.note(7, 7, 0);
  missing.take(3);
  missing.noteArrival(7, 12);
  assert.equal(waitedMs(20), 12);
  missing.note(8, 8, 20);
  missing.take(40);
  missing.noteAnswer(8, 39);
  missing.noteArrival(8, 40);
  assert.equal(waitedMs(100), 20, "the answer came before it");
  missing.note(9, 9, 100);
  missing.noteArrival(9, 250);
  assert.deepEqual([waitedMs(300), waitedMs(6000), waitedMs(12_000)], [50, 50, 3]);
});

test("an interruption is no loss, and of many losses the newest thousand are asked for", () => {
  const missing = new MissingPackets(200);
  missing.note(0, 599, 0);
  assert.deepEqual(missing.take(10), []);
  for (let first = 1000; first < 4000; first += 500) missing.note(first, first + 399, 0);
  const asked = missing.take(10);
  assert.deepEqual([asked.length, asked[0], asked.at(-1)], [1024, 2676, 3899]);
});

test("the second request waits twice as long as answers take, as far as that is known", () => {
  const missing = new MissingPackets(1000);
  const secondAfterMs = (atMs: number, tookMs: number): number => {
    missing.note(atMs, atMs, atMs);
    missing.take(atMs + 3);
    const afterMs = missing.nextMs - (atMs + 3);
    missing.noteAnswer(atMs, atMs + 3 + tookMs);
    return afterMs;
  };
  const after = (tookMs: number, fromMs: number): readonly number[] =>
    Array.from({ length: 40 }, (_, count) => secondAfterMs(fromMs + count * 100, tookMs));
  const quick = after(1, 0);
  assert.deepEqual([quick[0], quick.at(-1)], [20, 10]);
  const slow = after(40, 5000).at(-1) ?? 0;
  assert.ok(slow > 75 && slow < 80, `${slow}`);
});

test("what is only supposed to be missing is asked for as well, but its coming teaches nothing, and in vain is no failure", () => {
  const missing = new MissingPackets(200);
  missing.suppose(7, 950, false, 1000);
  assert.deepEqual([missing.nextMs, missing.take(1003)], [1003, [7]]);
  missing.noteArrival(7, 1100);
  missing.note(8, 8, 1100);
  assert.equal(missing.nextMs, 1103, "it was not overtaken");
  missing.clear();
  missing.suppose(9, 1150, false, 1200);
  assert.deepEqual(missing.take(1203), [9]);
  assert.deepEqual([missing.take(1350), missing.nextMs], [[], Infinity], "its patience counts from the time told");
  assert.deepEqual(missing.outcome, { came: 0, failed: 0 });
});

test("what was supposed and then turns out to be missing is not asked for twice as often, and may fail", () => {
  const missing = new MissingPackets(200);
  missing.suppose(7, 0, true, 50);
  assert.deepEqual(missing.take(50), [7], "at once: the one before it was lost");
  missing.note(7, 8, 60);
  assert.deepEqual([missing.take(63), missing.take(70)], [[8], [7]]);
  missing.take(300);
  assert.deepEqual(missing.outcome, { came: 0, failed: 2 });
});
