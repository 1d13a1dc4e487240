import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { after, beforeEach, test } from "node:test";
import { dropSpareSource, startSpareSource, takeSourceChild } from "../../../daemon/supervise/source-child.ts";
import { waitFor } from "../../e2e/wait.ts";

/** Of this process: the spare is among them before anybody has taken it. Zombies are not. */
function children(): readonly number[] {
  const { pid } = process;
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return pids.filter((child) => !/^State:\s+Z/m.test(readFileSync(`/proc/${child}/status`, "utf8")));
}

/** Starts a spare, and gives its process id. */
function startSpare(): number {
  const before = new Set(children());
  startSpareSource();
  const [pid, ...others] = children().filter((child) => !before.has(child));
  assert.ok(pid !== undefined && others.length === 0);
  return pid;
}

const areGone = (): Promise<boolean> => waitFor("nobody left", () => children().length === 0);
beforeEach(areGone);
after(dropSpareSource);

test("a spare is taken once, by something that needs no devices", () => {
  const spare = startSpare();
  const taken = [takeSourceChild(true), takeSourceChild(false), takeSourceChild(false)];
  assert.deepEqual(
    taken.map(({ pid }) => pid === spare),
    [false, true, false],
  );
  for (const child of taken) child.kill("SIGKILL");
});

test("a spare waits for its first command, and ends with its standard input", async () => {
  startSpare();
  const child = takeSourceChild(false);
  child.stdin?.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("a spare that has died is not taken", async () => {
  const spare = startSpare();
  process.kill(spare, "SIGKILL");
  await waitFor("its end to be known", () => !existsSync(`/proc/${spare}`));
  const child = takeSourceChild(false);
  assert.notEqual(child.pid, spare);
  assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
  child.kill("SIGKILL");
});

test("a spare that nobody takes is ended", async () => {
  const spare = startSpare();
  dropSpareSource();
  await areGone();
  const child = takeSourceChild(false);
  assert.notEqual(child.pid, spare);
  child.kill("SIGKILL");
});
