import assert from "node:assert/strict";
import { test } from "node:test";
import { OnDemand } from "../../../daemon/channel/on-demand.ts";

test("a source on demand starts with the first client and stops ten seconds after the last", () => {
  const demand = new OnDemand(true);
  assert.equal(demand.isWanted, false);
  assert.equal(demand.note(0, 0), null);
  assert.equal(demand.note(1, 1000), "start");
  assert.equal(demand.isWanted, true);
  assert.equal(demand.note(2, 2000), null);
  assert.equal(demand.note(0, 3000), null);
  assert.equal(demand.note(0, 12_999), null);
  assert.equal(demand.note(0, 13_000), "stop");
  assert.equal(demand.note(0, 14_000), null);
});

test("who comes back within ten seconds finds it running", () => {
  const demand = new OnDemand(true);
  demand.note(1, 0);
  demand.note(0, 1000);
  assert.equal(demand.note(1, 9000), "start");
  assert.equal(demand.note(1, 60_000), null);
});

test("any other source is always wanted", () => {
  const demand = new OnDemand(false);
  assert.equal(demand.isWanted, true);
  for (const count of [0, 3, 0]) assert.equal(demand.note(count, 1e6), null);
});
