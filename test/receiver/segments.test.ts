import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SegmentNames } from "../../receiver/sinks/record/segments.ts";

test("the oldest segments go; one that cannot be removed stays, and ends nothing", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-segments-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const names = new SegmentNames(join(folder, "film.wav"), { minutes: 1, keep: 1 }, false);
  const [first, second, third] = [names.next(), names.next(), names.next()];
  // Something that is no file has taken its name.
  mkdirSync(first);
  for (const path of [second, third]) writeFileSync(path, "");
  for (const path of [first, second, third]) names.made(path);
  assert.deepEqual([first, second, third].map(existsSync), [true, false, true]);
  assert.deepEqual(names.kept, [third]);
});

test("a second run goes on behind the files of the first, and with leave writes over them", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-segments-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const name of ["film-0006.mkv", "film-0008.mkv", "film-0012.wav", "film-x-0013.mkv", "film-15.mkv"])
    writeFileSync(join(folder, name), "");
  const path = join(folder, "film.mkv");
  const all = { minutes: 1, keep: null };
  assert.equal(new SegmentNames(path, all, false).next(), join(folder, "film-0009.mkv"));
  assert.equal(new SegmentNames(path, all, true).next(), join(folder, "film-0001.mkv"));
  assert.equal(new SegmentNames(path, null, false).next(), path);
});
