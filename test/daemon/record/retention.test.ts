import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseExpired } from "../../../daemon/record/retention.ts";

const HOUR_MS = 3_600_000;
const file = (hour: number, bytes: number) => ({ name: `main-2026112${hour}-000000-0001.mkv`, bytes, modifiedMs: hour * HOUR_MS });

test("files that are too old go, and the oldest while they take too much; the newest stays whatever it is", () => {
  const files = [file(1, 10), file(2, 10), file(3, 10), file(4, 10)];
  const names = (keepHours: number, maxBytes: number, nowHours: number) =>
    chooseExpired(files, { keepHours, maxBytes }, nowHours * HOUR_MS).map((name) => Number(name[12]));
  assert.deepEqual(names(0, 0, 900), []);
  assert.deepEqual(names(2, 0, 4.5), [1, 2]);
  assert.deepEqual(names(0, 25, 4.5), [1, 2]);
  assert.deepEqual(names(1, 1, 900), [1, 2, 3]);
});

test("what is being written stays when the clock was set back, and others are newer by it", () => {
  const files = [file(1, 10), file(2, 10), file(3, 10), file(4, 10)];
  const [, second] = files;
  assert.ok(second !== undefined);
  const expired = chooseExpired(files, { keepHours: 0, maxBytes: 1 }, second.modifiedMs + 5000);
  assert.deepEqual(expired, [file(1, 10).name, file(3, 10).name]);
});
