import assert from "node:assert/strict";
import { test } from "node:test";
import { statsRow } from "../../receiver/commands/stats.ts";

const HEADING = ["FPS", "loss", "repaired", "late", "jitter", "buffer", "skew"];
const CELLS = ["59.9", "100.00 %", "1234", "0", "123.4 ms", "9999 ms", "-123.4 ms"];

test("a line of stats fits the terminal: narrower columns first, then fewer", () => {
  for (const [columns, titles] of [
    [null, HEADING],
    [70, HEADING],
    [60, HEADING],
    [50, HEADING.slice(0, 6)],
    [40, HEADING.slice(0, 5)],
    [34, ["FPS", "loss", "repaired", "jitter"]],
    [10, ["FPS"]],
  ] as const) {
    assert.deepEqual(statsRow(HEADING, columns).trim().split(/ +/), titles);
    const line = statsRow(CELLS, columns);
    assert.ok(line.length <= (columns ?? 70) && line.length === statsRow(HEADING, columns).length, line);
  }
});
