import assert from "node:assert/strict";
import { test } from "node:test";
import { isOver, PassTable, type StoredPass } from "../../../daemon/access/pass-table.ts";

const DAY_MS = 86_400_000;

function pass(id: string, untilMs: number | null = null): StoredPass {
  return { id, secret: "S".repeat(20), name: null, channels: null, hosts: 1, createdMs: 0, untilMs };
}

test("each end of a pass is told once, also of one that was over when the daemon started", () => {
  const table = new PassTable([pass("AAAAA", 1000), pass("BBBBB", 5000), pass("CCCCC")]);
  assert.deepEqual(table.takeEnded(1000), { ended: ["AAAAA"], hasForgotten: false });
  assert.deepEqual(table.takeEnded(4999), { ended: [], hasForgotten: false });
  assert.deepEqual(table.takeEnded(5000), { ended: ["BBBBB"], hasForgotten: false });
});

test("where the clock was ahead and is set right, a pass that is good again ends again", () => {
  const table = new PassTable([pass("AAAAA", 1000)]);
  assert.deepEqual(table.takeEnded(2000).ended, ["AAAAA"]);
  assert.deepEqual(table.takeEnded(500).ended, []);
  assert.deepEqual(table.takeEnded(1000).ended, ["AAAAA"]);
});

test("one that is over is listed for a week, and then forgotten", () => {
  const table = new PassTable([pass("AAAAA", 1000), pass("CCCCC")]);
  table.takeEnded(7 * DAY_MS);
  assert.deepEqual(
    table.all.map(({ id }) => id),
    ["AAAAA", "CCCCC"],
  );
  assert.equal(table.takeEnded(8 * DAY_MS).hasForgotten, true);
  assert.deepEqual(
    table.all.map(({ id }) => id),
    ["CCCCC"],
  );
});

test("an id is there once, and is free again when its pass has been removed", () => {
  const table = new PassTable([pass("AAAAA")]);
  assert.equal(table.add(pass("AAAAA", 1)), false);
  assert.equal(table.remove("AAAAA"), true);
  assert.equal(table.remove("AAAAA"), false);
  assert.equal(table.find("AAAAA"), null);
  assert.equal(table.add(pass("AAAAA", 1)), true);
});

test("a pass is good before its end, and for ever without one", () => {
  assert.deepEqual(
    [isOver(pass("AAAAA", 10), 9), isOver(pass("AAAAA", 10), 10), isOver(pass("AAAAA"), 1e15), isOver(undefined, 0)],
    [false, true, false, true],
  );
});
