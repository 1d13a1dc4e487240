import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelState } from "../../daemon/channel/news.ts";
import { endingOf } from "../../daemon/ending.ts";

const inStates = (...states: ChannelState[]) =>
  endingOf(states.map((state, index) => ({ name: `c${index}`, state, reason: state === "failed" ? "x.mp4: is empty" : null })));

test("films that are played once end the daemon when the last channel has ended or failed, whichever comes last, and a failure is told", () => {
  assert.deepEqual(inStates("ended", "ended"), { failure: null });
  assert.deepEqual(inStates("ended", "failed"), { failure: "channels.c1.source: x.mp4: is empty" });
  assert.deepEqual(inStates("failed", "ended"), { failure: "channels.c0.source: x.mp4: is empty" });
});

test("it goes on while a channel plays or may play again, and where all have failed an operator may start them", () => {
  for (const other of ["playing", "starting", "paused", "stopped", "no-signal", "idle"] as const) {
    assert.equal(inStates("ended", other), null, other);
  }
  assert.equal(inStates("failed", "failed"), null);
});
