import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { dropSpareSource, startSpareSource, takeSourceChild } from "../../daemon/source-child.ts";

after(dropSpareSource);

test("a spare is taken once, by something that needs no devices", async () => {
  startSpareSource();
  const live = takeSourceChild(true);
  const first = takeSourceChild(false);
  const second = takeSourceChild(false);
  assert.equal(new Set([live.pid, first.pid, second.pid]).size, 3);
  for (const child of [live, first, second]) child.kill("SIGKILL");
  assert.ok((first.pid ?? 0) < (live.pid ?? 0), "it was there before");
});

test("a spare waits for its first command, and ends with its standard input", async () => {
  startSpareSource();
  const child = takeSourceChild(false);
  child.stdin?.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("a spare that has died is not taken", async () => {
  startSpareSource();
  const dead = takeSourceChild(false);
  dead.kill("SIGKILL");
  await once(dead, "exit");
  startSpareSource();
  const spare = takeSourceChild(false);
  assert.equal(spare.exitCode, null);
  spare.kill("SIGKILL");
});

test("a spare that nobody takes is ended", () => {
  startSpareSource();
  dropSpareSource();
  const child = takeSourceChild(false);
  assert.equal(child.killed, false);
  child.kill("SIGKILL");
});
