import assert from "node:assert/strict";
import { test } from "node:test";
import { SHARED_BYTES, overdueMs, tellDeadline } from "../../../daemon/send/told-deadline.ts";

test("a deadline is overdue by the time since it, across the wrap of its word as well", () => {
  const shared = new Int32Array(new SharedArrayBuffer(SHARED_BYTES));
  // Uptimes around the places where 32 bits of milliseconds wrap, with and without a sign.
  for (const bornMs of [5000, 2 ** 31 - 50, 2 ** 32 - 50, 7 * 2 ** 32 + 3]) {
    tellDeadline(shared, bornMs + 100);
    assert.equal(overdueMs(shared, bornMs), -100);
    assert.equal(overdueMs(shared, bornMs + 2600), 2500);
  }
});
