import assert from "node:assert/strict";
import { test } from "node:test";
import { RestartPolicy } from "../../../daemon/supervise/restart-policy.ts";

test("the first death is mended at once", () => {
  assert.deepEqual(new RestartPolicy(false).decide(0, true), { kind: "restart", afterMs: 0 });
});

test("a source that dies every time waits longer and longer and is given up", () => {
  const policy = new RestartPolicy(false);
  const delays: number[] = [];
  for (let death = 0; death < 100; death++) {
    policy.noteProgress(death * 100);
    const decision = policy.decide(death * 100 + 50, true);
    if (decision.kind === "give-up") break;
    delays.push(decision.afterMs);
  }
  assert.deepEqual(
    delays,
    delays.toSorted((one, other) => one - other),
  );
  assert.ok(delays.length < 20);
});

test("a source that has played for a while counts as sound again", () => {
  const policy = new RestartPolicy(false);
  for (let death = 0; death < 1000; death++) {
    policy.noteProgress(death * 60_000);
    assert.deepEqual(policy.decide(death * 60_000 + 30_000, true), { kind: "restart", afterMs: 0 });
  }
});

test("a film whose source the system has no room for is tried for as long as that lasts, and has all its tries afterwards", () => {
  const policy = new RestartPolicy(false);
  const afterMs = (hasRun: boolean): number => {
    const decision = policy.decide(0, hasRun);
    return decision.kind === "restart" ? decision.afterMs : Number.NaN;
  };
  const refused = Array.from({ length: 1000 }, () => afterMs(false));
  assert.deepEqual(refused.slice(0, 3), [0, 250, 500]);
  assert.ok(refused.every((ms) => ms <= 8000));
  assert.equal(afterMs(true), 0);
  assert.equal(afterMs(true), 250);
});
