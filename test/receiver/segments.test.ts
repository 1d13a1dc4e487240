import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SegmentNames } from "../../receiver/sinks/record/segments.ts";

test("the oldest segments go; one that cannot be removed stays, and ends nothing", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-segments-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const names = new SegmentNames(join(folder, "film.wav"), { minutes: 1, keep: 1 });
  const [first, second, third] = [names.next(), names.next(), names.next()];
  // Something that is no file has taken its name.
  mkdirSync(first);
  for (const path of [second, third]) writeFileSync(path, "");
  for (const path of [first, second, third]) names.made(path);
  assert.deepEqual([first, second, third].map(existsSync), [true, false, true]);
  assert.deepEqual(names.kept, [third]);
});
