import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearestName, nearestPath } from "../../config/nearest.ts";

test("insertions, deletions, substitutions and swaps of neighbours count one each", () => {
  for (const [a, b, distance] of [
    ["", "", 0],
    ["", "abc", 3],
    ["port", "prot", 1],
    ["group", "gruop", 1],
    ["width", "widt", 1],
    ["kitten", "sitting", 3],
  ] as const) {
    assert.equal(editDistance(a, b), distance, `${a} ${b}`);
    assert.equal(editDistance(b, a), distance, `${b} ${a}`);
  }
});

test("of two equally named keys the one beside the unknown key is the nearest", () => {
  const known = [
    ["control", "listen"],
    ["http", "listen"],
  ];
  assert.deepEqual(nearestPath(["http", "lisen"], known), ["http", "listen"]);
});

test("case does not count, and nothing is near to nothing", () => {
  assert.equal(nearestName("LEVEL", ["format", "level"]), "level");
  assert.equal(nearestName("x", []), null);
});
