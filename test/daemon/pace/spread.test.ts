import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planSpread, spreadWindowMs } from "../../../daemon/pace/spread.ts";

test("up to 60 frames a second of up to 64 KiB, no more than 8 packets leave in a millisecond and all leave within 40 % of the interval", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 47 }), fc.double({ min: 10, max: 60, noNaN: true }), (packets, fps) => {
      const windowMs = 0.4 * (1000 / fps);
      const { groupPackets, groupIntervalMs } = planSpread(packets, windowMs);
      assert.ok(groupPackets <= 8);
      assert.ok(groupIntervalMs > 1);
      const groups = Math.ceil(packets / groupPackets);
      assert.ok(
        (groups - 1) * groupIntervalMs <= windowMs + 1e-9,
        `${groups} groups take ${(groups - 1) * groupIntervalMs} of ${windowMs} ms`,
      );
    }),
  );
});

test("a picture of few packets in a long interval leaves packet by packet", () => {
  assert.equal(planSpread(4, 32).groupPackets, 1);
});

test("a picture is spread over its share of the interval, but no longer than a page that waits for its end has time", () => {
  assert.deepEqual([spreadWindowMs(0.4, 40, null), spreadWindowMs(0.4, 40, 20), spreadWindowMs(0.5, null, null)], [16, 20, 500 / 30]);
  assert.deepEqual([spreadWindowMs(0.4, 40, 2), spreadWindowMs(0.9, 500, null)], [30, 30]);
});
