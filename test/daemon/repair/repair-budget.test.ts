import assert from "node:assert/strict";
import { test } from "node:test";
import { RepairBudget } from "../../../daemon/repair/repair-budget.ts";

const PACKET_BYTES = 1000;

/** Bytes that so many receivers get in so many seconds, who ask for ten packets fifty times a second. */
function granted(budget: RepairBudget, clients: number, seconds: number): number {
  let packets = 0;
  for (let atMs = 0; atMs < seconds * 1000; atMs += 20)
    for (let client = 0; client < clients; client++) packets += budget.take(`10.0.0.${client}`, 10, PACKET_BYTES, atMs);
  return packets * PACKET_BYTES;
}

test("one address has a quarter of the rate, all together have the whole of it, and half a second of it at once", () => {
  const BYTES_PER_S = 1_000_000;
  assert.ok(Math.abs(granted(new RepairBudget(8000, 0), 1, 60) - BYTES_PER_S * 0.25 * 60.5) < 10_000);
  assert.ok(Math.abs(granted(new RepairBudget(8000, 0), 40, 60) - BYTES_PER_S * 60.5) < 50_000);
});

test("however little is allowed, the largest packet can be sent", () => {
  assert.equal(new RepairBudget(1, 0).take("10.0.0.1", 2, 65_507, 0), 1);
});

test("who asks more than 200 times a second is not answered, and the others are", () => {
  const budget = new RepairBudget(1_000_000, 0);
  let answered = 0;
  for (let count = 0; count < 1000; count++) answered += budget.take("10.0.0.1", 1, PACKET_BYTES, 0);
  assert.equal(answered, 200);
  assert.equal(budget.take("10.0.0.2", 1, PACKET_BYTES, 0), 1);
  assert.equal(budget.take("10.0.0.1", 1, PACKET_BYTES, 1000), 1);
});
