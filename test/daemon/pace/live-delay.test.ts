import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveDelay } from "../../../daemon/pace/live-delay.ts";
import { LivePlace } from "../../../daemon/pace/live-place.ts";

/** Arrivals each 10 ms that need `neededMs(atMs)`, from `fromMs` to `toMs`. */
function run(delay: LiveDelay, fromMs: number, toMs: number, neededMs: (atMs: number) => number): void {
  for (let atMs = fromMs; atMs < toMs; atMs += 10) delay.note(neededMs(atMs), atMs);
}

test("the delay is what arrivals need and a little more, at once", () => {
  const delay = new LiveDelay(null);
  delay.note(12, 0);
  assert.equal(delay.delayMs, 14);
  run(delay, 10, 30_000, () => 12);
  assert.equal(delay.delayMs, 14);
});

test("what comes in a burst at the start is forgotten after some seconds", () => {
  const delay = new LiveDelay(null);
  run(delay, 0, 500, () => 400);
  assert.equal(delay.delayMs, 402);
  run(delay, 500, 4500, () => 12);
  assert.ok(delay.delayMs < 20, String(delay.delayMs));
});

test("one hiccup changes nothing, one that comes again and again raises the delay, and it falls when it is over", () => {
  const delay = new LiveDelay(null);
  run(delay, 0, 10_000, () => 12);
  delay.note(90, 10_000);
  assert.equal(delay.delayMs, 14);
  run(delay, 10_010, 40_000, (atMs) => (atMs % 3000 === 0 ? 90 : 12));
  assert.equal(delay.delayMs, 92);
  run(delay, 40_000, 65_000, () => 12);
  assert.equal(delay.delayMs, 14);
});

test("what has waited while this process stood still changes nothing", () => {
  const delay = new LiveDelay(null);
  run(delay, 0, 20_000, () => 12);
  run(delay, 60_000, 60_200, (atMs) => 60_000 - atMs + 40_000);
  assert.equal(delay.delayMs, 14);
  run(delay, 60_200, 80_000, () => 12);
  assert.equal(delay.delayMs, 14);
});

test("a delay that is configured stays, and none is over two seconds or under two milliseconds", () => {
  const fixed = new LiveDelay(150);
  assert.equal(fixed.note(900, 0), false);
  assert.equal(fixed.delayMs, 150);
  const free = new LiveDelay(null);
  run(free, 0, 20_000, () => 60_000);
  assert.equal(free.delayMs, 2000);
  const quick = new LiveDelay(null);
  run(quick, 0, 20_000, () => -5);
  assert.equal(quick.delayMs, 2);
});

test("as many pictures may wait as the delay holds, and the configured few", () => {
  const place = new LivePlace({ delayMs: 100, queueFrames: 2 });
  assert.equal(place.mostFrames(40), 5);
  assert.equal(place.mostFrames(null), 26);
});
