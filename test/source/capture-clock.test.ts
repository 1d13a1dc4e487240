import assert from "node:assert/strict";
import { test } from "node:test";
import { CaptureClock } from "../../daemon/source/live/capture-clock.ts";
import { DriftFilter } from "../../daemon/source/live/drift-filter.ts";

/** Seeded: the same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test("stamps of the monotonic clock itself are taken as they are", () => {
  const clock = new CaptureClock();
  for (let at = 1e9; at < 1.1e9; at += 33_333) assert.equal(clock.map(at - 12_000, at), at - 12_000);
});

test("a clock of its own is placed by its earliest arrivals: within 2 ms of the truth under 50 ms of jitter and 100 ppm of drift", () => {
  for (const drift of [1e-4, -1e-4]) {
    const clock = new CaptureClock();
    const next = random(7);
    let worst = 0;
    for (let trueUs = 0; trueUs < 120e6; trueUs += 20_000) {
      const stampUs = 5e9 + trueUs * (1 + drift);
      // Now and then something comes at once; that is what is looked for.
      const lateUs = 3000 + (next() < 0.1 ? 0 : next() * 50_000);
      const mapped = clock.map(stampUs, trueUs + lateUs);
      if (trueUs > 15e6) worst = Math.max(worst, Math.abs(mapped - (trueUs + 3000)));
    }
    assert.ok(worst < 2000, `${worst} µs`);
  }
});

test("a jump of the stamps begins a new count, and none of it throws", () => {
  const clock = new CaptureClock();
  for (let at = 1e9; at < 1.005e9; at += 20_000) clock.map(at - 7e8, at);
  const mapped = clock.map(3_000_000, 1.006e9);
  assert.equal(mapped, 1.006e9);
});

/** How far from its arrival each second's last piece is placed: pieces come every 20 ms, up to 30 ms late; from 10 s on, `shiftUs` earlier (or later) by their stamps. */
function placedAfterShift(shiftUs: number): readonly number[] {
  const clock = new CaptureClock();
  const next = random(3);
  const placed: number[] = [];
  for (let trueUs = 0; trueUs < 20e6; trueUs += 20_000) {
    const arrivedUs = trueUs + next() * 30_000;
    const mapped = clock.map(5e9 + trueUs + (trueUs < 10e6 ? 0 : shiftUs), arrivedUs);
    placed[Math.floor(trueUs / 1e6)] = mapped - trueUs;
  }
  return placed;
}

test("stamps that jump by less than two seconds are followed within three: nothing is taken to lie in the future, or far in the past", () => {
  for (const shiftUs of [1e6, 0.3e6, -0.5e6, -1e6]) {
    const placed = placedAfterShift(shiftUs);
    const after = placed.slice(13);
    assert.ok(
      after.every((us) => Math.abs(us) < 5000),
      `${shiftUs}: ${placed.map(Math.round).join(" ")}`,
    );
    // What has not been captured cannot have come.
    assert.ok((placed[10] ?? Infinity) < 31_000, `${shiftUs}: ${placed[10]} µs`);
  }
});

test("one hiccup of a second, after which what waited comes at once, moves nothing", () => {
  const clock = new CaptureClock();
  for (let trueUs = 0; trueUs < 20e6; trueUs += 20_000) {
    const isHeld = trueUs >= 10.1e6 && trueUs < 11.1e6;
    assert.equal(Math.round(clock.map(5e9 + trueUs, isHeld ? 11.1e6 : trueUs)), trueUs);
  }
});

test("sound that drifts is stretched by a hair until it lies right; a hole is a jump", () => {
  const filter = new DriftFilter(44_100);
  let errorSamples = 0;
  let worst = 0;
  let compensation = { samples: 0, over: 1 };
  for (let piece = 0; piece < 6000; piece++) {
    // The device is 80 ppm too fast: each 441 samples it brings belong to a little less time.
    errorSamples -= 441 * 80e-6;
    errorSamples -= (441 * compensation.samples) / compensation.over;
    const step = filter.note(errorSamples, 441);
    assert.equal(step.kind, "follow");
    if (step.kind === "follow" && step.compensation !== null) ({ compensation } = step);
    if (piece > 1000) worst = Math.max(worst, Math.abs(errorSamples));
  }
  assert.ok(worst < 88, `${worst} samples`);
  assert.deepEqual(filter.note(44_100, 441), { kind: "jump" });
});
