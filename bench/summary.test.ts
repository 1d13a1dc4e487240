import assert from "node:assert/strict";
import { test } from "node:test";
import { Rows } from "./bench.ts";
import type { Finding } from "./bench.ts";
import { ratioTo, summarise, tableOf } from "./summary.ts";

function finding(): Finding {
  const rows = new Rows();
  for (const value of [3, 1, 2]) rows.add("streamerd", "idle", { lateness: value });
  for (const value of [4, 8]) rows.add("ffmpeg", "idle", { lateness: value });
  rows.add("streamerd", "busy", { lateness: 5 });
  const metrics = [{ key: "lateness", label: "lateness, ms", digits: 1 }];
  return { title: "", metrics, rows: rows.all(), stealPercent: [], notes: [] };
}

test("a summary is the median with the least and the most, of an even number of rounds the middle of the two", () => {
  assert.deepEqual(summarise([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assert.deepEqual(summarise([8, 4]), { median: 6, least: 4, most: 8 });
});

test("a ratio is of medians under the same condition, and of nothing else", () => {
  const found = finding();
  assert.deepEqual(
    found.rows.map((row) => ratioTo("ffmpeg", row, found)),
    [2 / 6, 1, null],
  );
});

test("a table has a row for each contender and condition, and leaves empty what was not measured", () => {
  assert.equal(
    tableOf(finding()),
    [
      "|  | lateness, ms | × ffmpeg |",
      "| --- | --- | --- |",
      "| streamerd, idle | 2.0 (1.0–3.0) | 0.33 |",
      "| ffmpeg, idle | 6.0 (4.0–8.0) | 1.00 |",
      "| streamerd, busy | 5.0 |  |",
    ].join("\n"),
  );
});
