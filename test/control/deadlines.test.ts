import assert from "node:assert/strict";
import { test } from "node:test";
import { createDeadlines } from "../../control/server/deadlines.ts";

test("a deadline passes once, when its time has come, whatever was set or cleared before it", () => {
  const deadlines = createDeadlines();
  deadlines.set("hello", 100);
  deadlines.set("idle", 300);
  assert.equal(deadlines.next(99), null);
  assert.equal(deadlines.next(100), "hello");
  assert.equal(deadlines.next(100), null);
  deadlines.set("linger", 200);
  deadlines.clear("linger");
  assert.equal(deadlines.next(250), null);
  assert.equal(deadlines.next(300), "idle");
  deadlines.set("idle", 400);
  deadlines.set("idle", 500);
  assert.equal(deadlines.next(400), null, "put off");
  deadlines.set("throttle", 450);
  assert.equal(deadlines.next(500), "idle");
  assert.equal(deadlines.next(500), "throttle");
  assert.equal(deadlines.next(1e9), null);
});
