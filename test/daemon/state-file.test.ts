import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ownOwner } from "../../daemon/source/cache/owner.ts";
import { openStateFile } from "../../daemon/state/state-file.ts";
import { temporaryFolder } from "../source/media.ts";

const folder = temporaryFolder();
const newDirectory = (): string => mkdtempSync(join(folder, "state-"));
const state = (itemIndex: number) => ({
  version: 1 as const,
  channels: { main: { overrides: [], told: null, place: { path: null, itemIndex, positionMs: 0 } } },
});

test("of two daemons with one state directory the first one keeps it, and the second one says so; the next one finds what was kept", async () => {
  const directory = newDirectory();
  const first = openStateFile(directory);
  assert.equal(first.problem, null);
  assert.deepEqual(openStateFile(directory), {
    file: null,
    problem: `${directory}/state.json: another streamerd (process ${process.pid}) keeps it: this one remembers nothing over a restart; give it a directory of its own in state.dir`,
  });
  await first.file?.save(state(7));
  first.file?.close();
  assert.ok(!existsSync(join(directory, "state.owner")));
  assert.deepEqual(openStateFile(directory).file?.found, state(7));
});

test("what a daemon that has died keeps, in this boot or before it, is taken over", () => {
  const [, , boot, namespace] = ownOwner().split("-");
  for (const owner of [`4194304-1-${boot}-${namespace}`, `${process.pid}-1-${boot}-${namespace}`, `1-1-00000000-${namespace}`, ""]) {
    const directory = newDirectory();
    writeFileSync(join(directory, "state.owner"), owner);
    assert.equal(openStateFile(directory).problem, null, owner);
    assert.equal(readFileSync(join(directory, "state.owner"), "latin1"), ownOwner());
  }
});

test("a directory that nobody can make is a line, and nothing is remembered", () => {
  const path = "/proc/streamerd/state/state.json";
  assert.deepEqual(openStateFile("/proc/streamerd/state"), {
    file: null,
    problem: `${path}: its directory cannot be made; nothing is remembered over a restart until that is mended`,
  });
});

test("a file that a newer daemon has written is left to it, directory and all", () => {
  const directory = newDirectory();
  writeFileSync(join(directory, "state.json"), '{"version": 9}');
  assert.match(openStateFile(directory).problem ?? "", /written by a newer streamerd/);
  assert.ok(!existsSync(join(directory, "state.owner")));
});
