import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeHealth, judgeReadiness } from "../../../daemon/http/health.ts";

test("the daemon is well while its sender has turned within two seconds", () => {
  assert.equal(judgeHealth(2000).isGood, true);
  assert.deepEqual(judgeHealth(2100), { isGood: false, text: "the sender thread has not turned for 2.1 s; restart the daemon\n" });
});

const channel = (state: Parameters<typeof judgeReadiness>[2][number]["state"], isCutOff = false) => ({ name: "main", state, isCutOff });

for (const [name, announced, silentMs, channels, expected] of [
  ["before the ready line", false, 0, [channel("playing")], [false, "starting\nmain playing\n"]],
  ["while it plays", true, 0, [channel("playing")], [true, "ready\nmain playing\n"]],
  ["while a channel starts", true, 0, [channel("starting"), channel("playing")], [false, "starting\nmain starting\nmain playing\n"]],
  ["with a channel that failed", true, 0, [channel("failed")], [true, "ready\nmain failed\n"]],
  ["with one that is paused", true, 0, [channel("paused")], [true, "ready\nmain paused\n"]],
  ["without an interface", true, 0, [channel("starting", true)], [true, "ready\nmain no-interface\n"]],
  ["with a stopped channel and no interface", true, 0, [channel("stopped", true)], [true, "ready\nmain stopped\n"]],
  [
    "with a sender that hangs",
    true,
    9000,
    [channel("playing")],
    [false, "the sender thread has not turned for 9.0 s; restart the daemon\n"],
  ],
] as const)
  test(`readiness ${name}`, () => {
    const { isGood, text } = judgeReadiness(announced, silentMs, channels);
    assert.deepEqual([isGood, text], expected);
  });
