import assert from "node:assert/strict";
import { test } from "node:test";
import { SenderClock } from "../../receiver/playout/sender-clock.ts";

const OFFSET_MS = 1.7e12;
const DELAY_MS = 4;

/** A ping a second, over a network that is quick each third time. */
function pingFor(clock: SenderClock, fromMs: number, seconds: number, offsetMs: number): void {
  for (let second = 0; second < seconds; second++) {
    const sentMs = fromMs + second * 1000;
    const [there, back] = [DELAY_MS + (second % 3) * 5, DELAY_MS + ((second + 1) % 3) * 5];
    const heardMs = sentMs + there + offsetMs;
    clock.ping(sentMs, heardMs, heardMs, sentMs + there + back);
  }
}

const errorMs = (clock: SenderClock, nowMs: number, offsetMs: number): number => Math.abs((clock.offsetMs(nowMs) ?? 0) - offsetMs);

test("a clock that stood still, or stepped, by less than a second is known anew within seconds, whichever of the two it was", () => {
  for (const stepMs of [300, -300, 5000]) {
    for (const seconds of [10, 100, 500]) {
      const clock = new SenderClock();
      pingFor(clock, 0, seconds, OFFSET_MS);
      assert.ok(errorMs(clock, seconds * 1000, OFFSET_MS) < 1);
      pingFor(clock, seconds * 1000, 4, OFFSET_MS + stepMs);
      const error = errorMs(clock, (seconds + 4) * 1000, OFFSET_MS + stepMs);
      assert.ok(error < 3, `${error} ms off, 4 s after a step of ${stepMs} ms that came after ${seconds} s`);
    }
  }
});

test("a network that becomes slow, or quick again, is no step", () => {
  const clock = new SenderClock();
  pingFor(clock, 0, 60, OFFSET_MS);
  for (let second = 60; second < 90; second++) {
    const sentMs = second * 1000;
    const heardMs = sentMs + 400 + OFFSET_MS;
    clock.ping(sentMs, heardMs, heardMs, sentMs + 400 + DELAY_MS);
    assert.ok(errorMs(clock, sentMs, OFFSET_MS) < 3);
  }
  pingFor(clock, 90_000, 30, OFFSET_MS);
  assert.ok(errorMs(clock, 120_000, OFFSET_MS) < 1);
});
