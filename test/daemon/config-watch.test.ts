import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createConfigWatch } from "../../daemon/config-watch.ts";

function configFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-config-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "streamerd.yml");
  writeFileSync(file, "{}\n");
  return file;
}

test("a changed file that somebody has had read already is no news: it is not told a second time", (t) => {
  const file = configFile(t);
  const watch = createConfigWatch(file);
  assert.equal(watch.hasNews(), false);
  writeFileSync(file, "channels: {main: {}}\n");
  assert.equal(watch.hasNews(), true);
  assert.equal(watch.noting(() => "read")(), "read");
  assert.equal(watch.hasNews(), false);
});

test("what is saved while the file is read is news, and so is one that goes, or comes in its place", (t) => {
  const file = configFile(t);
  const watch = createConfigWatch(file);
  watch.noting(() => writeFileSync(file, "channels: {main: {}}\n"))();
  assert.equal(watch.hasNews(), true);
  watch.noting(() => rmSync(file))();
  assert.equal(watch.hasNews(), true);
  watch.noting(() => null)();
  assert.equal(watch.hasNews(), false);
  writeFileSync(`${file}.new`, "{}\n");
  renameSync(`${file}.new`, file);
  assert.equal(watch.hasNews(), true);
});

test("a daemon without a configuration file has none to look at", () => {
  const watch = createConfigWatch(null);
  watch.start(() => assert.fail("there is no file"));
  assert.equal(watch.hasNews(), false);
  watch.close();
});
