import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockOffset } from "../../web/clock-offset.js";

test("the quickest of the last 16 pings tells the offset", () => {
  const clock = new ClockOffset();
  assert.equal(clock.offsetMs, null);
  clock.add(100, 5140, 180);
  assert.equal(clock.offsetMs, 5000);
  clock.add(1000, 6001, 1002);
  assert.equal(clock.offsetMs, 5000);
  clock.add(2000, 7090, 2100);
  assert.equal(clock.offsetMs, 5000, "a slow one changes nothing");
  for (let second = 3; second < 19; second++) clock.add(second * 1000, second * 1000 + 5014, second * 1000 + 20);
  assert.equal(clock.offsetMs, 5004, "after a while the quick one is forgotten: clocks drift");
  clock.clear();
  assert.equal(clock.offsetMs, null);
});

test("after one of the hosts has slept the next ping tells the offset, however quick those before it were", () => {
  const clock = new ClockOffset();
  for (let second = 0; second < 20; second++) clock.add(second * 1000, second * 1000 + 5001, second * 1000 + 2);
  clock.add(20_000, 35_040, 20_080);
  assert.equal(clock.offsetMs, 15_000);
});
