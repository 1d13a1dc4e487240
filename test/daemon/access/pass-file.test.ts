import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openPassFile } from "../../../daemon/access/pass-file.ts";
import { temporaryFolder } from "../../source/media.ts";

const PASS = { id: "AAAAA", secret: "S".repeat(20), name: "hall", channels: ["film"], hosts: 2, createdMs: 1, untilMs: null };

function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "passes.json"), text);
  return folder;
}

test("passes are found again, and nobody but the daemon's user may read them", async () => {
  const folder = temporaryFolder();
  assert.deepEqual(openPassFile(folder).found, []);
  assert.equal(await openPassFile(folder).save([PASS]), null);
  assert.equal(statSync(join(folder, "passes.json")).mode & 0o777, 0o600);
  const { found, problem } = openPassFile(folder);
  assert.deepEqual({ found, problem }, { found: [PASS], problem: null });
});

test("of two changes one after the other the later one stays", async () => {
  const file = openPassFile(temporaryFolder());
  const folder = temporaryFolder();
  const other = openPassFile(folder);
  await Promise.all([file.save([]), other.save([PASS]), other.save([])]);
  assert.deepEqual(openPassFile(folder).found, []);
});

for (const [what, text] of [
  ["no JSON", "{"],
  ["no passes", '{"version": 1, "passes": 7}'],
  ["a time that cannot be shown", JSON.stringify({ version: 1, passes: [{ ...PASS, untilMs: 1e300 }] })],
  ["a pass that could not be named to end it", JSON.stringify({ version: 1, passes: [{ ...PASS, id: "aaaaa" }] })],
] as const)
  test(`a file that holds ${what} is kept beside the new one, and said to be damaged`, async () => {
    const folder = folderWith(text);
    const { found, problem, save } = openPassFile(folder);
    assert.deepEqual(found, []);
    assert.match(problem ?? "", /passes\.json: damaged \(.+\): it is now .*passes\.json\.damaged, and no pass is good any more$/);
    assert.equal(await save([PASS]), null);
    assert.equal(readFileSync(join(folder, "passes.json.damaged"), "utf8"), text);
    assert.deepEqual(openPassFile(folder).found, [PASS]);
  });

test("the file of a newer streamerd is left as it is, and said to be so", async () => {
  const text = '{"version": 2, "passes": {}}';
  const folder = folderWith(text);
  const { found, problem, save } = openPassFile(folder);
  assert.deepEqual(found, []);
  assert.match(problem ?? "", /passes\.json: written by a newer streamerd \(version 2\): it is left as it is, and no pass in it is good$/);
  assert.match((await save([PASS])) ?? "", /passes\.json is left as it was found$/);
  assert.equal(readFileSync(join(folder, "passes.json"), "utf8"), text);
});

test("what cannot be read is not written over", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "passes.json"));
  const { problem, save } = openPassFile(folder);
  assert.match(problem ?? "", /passes\.json: .*: it is left as it is, and no pass in it is good$/);
  assert.match((await save([PASS])) ?? "", /is left as it was found$/);
});
