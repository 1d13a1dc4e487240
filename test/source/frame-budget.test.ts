import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { climb, lower, type Settings } from "../../daemon/source/frame-budget.ts";

const limits = { quality: 80, width: 500, maxFrameBytes: 65_507 };

test("quality goes first, down to 20, then the width", () => {
  assert.deepEqual(lower({ quality: 80, width: 500 }, 200_000, limits), { quality: 20, width: 500 });
  assert.ok((lower({ quality: 80, width: 500 }, 70_000, limits)?.quality ?? 0) > 60);
  const narrower = lower({ quality: 20, width: 500 }, 100_000, limits);
  assert.ok(narrower !== null && narrower.quality === 20 && narrower.width < 500);
});

test("a quality below 20 that was asked for is kept", () => {
  assert.deepEqual(lower({ quality: 10, width: 500 }, 66_000, { ...limits, quality: 10 })?.quality, 10);
});

test("lowering comes to an end within 20 tries, whatever the picture costs", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e7 }),
      fc.integer({ min: 1, max: 2040 }),
      fc.integer({ min: 1, max: 100 }),
      (bytes, width, quality) => {
        const asked = { quality, width, maxFrameBytes: 700 };
        let settings: Settings | null = asked;
        let tries = 0;
        for (; settings !== null; tries++) {
          // A picture that costs the same per pixel at any quality.
          const cost = Math.max(600, (bytes * settings.width ** 2) / width ** 2);
          if (cost <= asked.maxFrameBytes) break;
          settings = lower(settings, cost, asked);
        }
        assert.ok(tries <= 100);
      },
    ),
  );
});

test("it climbs a step a second when there is room, the width before the quality, and never above what is wanted", () => {
  let state = { settings: { quality: 20, width: 300 }, fittedFrames: 0 };
  const widths = new Set<number>();
  for (let frame = 0; frame < 24; frame++) state = climb(state, 20_000, limits);
  assert.deepEqual(state.settings, { quality: 20, width: 300 });
  for (let frame = 0; frame < 1000; frame++) {
    state = climb(state, 20_000, limits);
    widths.add(state.settings.width);
    assert.ok(state.settings.width === 500 || state.settings.quality === 20);
  }
  assert.deepEqual(state.settings, { quality: 80, width: 500 });
  assert.ok(widths.size > 4);
});

test("it does not climb while frames are near the limit", () => {
  let state = { settings: { quality: 40, width: 500 }, fittedFrames: 0 };
  for (let frame = 0; frame < 1000; frame++) state = climb(state, 60_000, limits);
  assert.deepEqual(state.settings, { quality: 40, width: 500 });
});
