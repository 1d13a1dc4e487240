import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { waitFor } from "../e2e/wait.ts";
import { isRunning } from "./is-running.ts";
import { openCommand, startSource, STEREO } from "./run-source.ts";

const FILM = openCommand([{ kind: "test-film" }], { loop: true });

test("the process ends when its stdin does", async () => {
  const run = startSource(FILM);
  await run.waitFor((message) => message.kind === "frame");
  run.endInput();
  assert.deepEqual(await run.exited, { code: 0, signal: null });
});

test("what a terminal sends to all processes does not end it: the daemon does", async () => {
  const run = startSource(FILM);
  await run.waitFor((message) => message.kind === "frame");
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.kill(run.pid, signal);
  // It still hears.
  run.send({ kind: "seek", start: { generation: 2, itemIndex: 0, positionMs: 0, timelineMs: 0 } });
  await run.waitFor((message) => message.kind === "frame" && message.generation === 2);
  run.endInput();
  assert.deepEqual(await run.exited, { code: 0, signal: null });
});

test("a command that cannot be understood ends it with a word in the log", async () => {
  const run = startSource({ ...FILM, items: [] });
  assert.equal((await run.exited).code, 70);
  assert.match(run.stderr(), /could not be understood/);
});

test("what the daemon does not read is not decoded beyond the read-ahead", async () => {
  const run = startSource({ ...FILM, readAhead: { maxMs: 2000, maxBytes: 1 << 20 } });
  await run.waitFor((message) => message.kind === "frame");
  run.setReading(false);
  await untilIdle(run.pid);
  await run.stop();
});

test("a skip over all that is read ahead wakes a source that has no sound", async () => {
  const run = startSource({ ...FILM, format: { ...STEREO, audio: null }, readAhead: { maxMs: 4000, maxBytes: 16 << 20 } });
  await run.waitFor((message) => message.kind === "frame");
  run.setReading(false);
  await untilIdle(run.pid);
  run.send({ kind: "skip", timelineMs: 60_000 });
  // It hears of it while its pipe is still full.
  await sleep(500);
  run.setReading(true);
  await run.waitFor((message) => message.kind === "frame" && message.timelineUs >= 60e6);
  await run.stop();
});

test("a source that is ahead asks for its turn, and one that is sent elsewhere does not wait for it", async () => {
  const run = startSource({ ...FILM, readAhead: { maxMs: 2000, maxBytes: 16 << 20 } });
  run.setGivingTurns(false);
  await run.waitFor((message) => message.kind === "frame");
  // As the daemon does when its queue is full.
  run.setReading(false);
  await sleep(1000);
  run.setReading(true);
  await waitFor("it asks", run.isAsking);
  // Who works on without a turn has no end of it: it is read.
  await waitFor("it waits", async () => {
    const { length } = run.messages;
    await sleep(500);
    return run.messages.length === length;
  });
  const isOf = (generation: number, fromMs: number) => (message: SourceMessage) =>
    message.kind === "frame" && message.generation === generation && message.timelineUs >= fromMs * 1000;
  run.send({ kind: "seek", start: { generation: 2, itemIndex: 0, positionMs: 3000, timelineMs: 0 } });
  await run.waitFor(isOf(2, 0));
  run.setGivingTurns(true);
  await run.waitFor(isOf(2, 20_000));
  await run.stop();
});

test("the process dies with its parent, also while its main thread hangs", async () => {
  // A parent that starts a source, hands it no end of stdin (the descriptor stays open in a grandchild), and is killed.
  const main = fileURLToPath(new URL("../../daemon/source/main.ts", import.meta.url));
  const script = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, [${JSON.stringify(main)}], { stdio: ["pipe", "ignore", "ignore", "pipe", "pipe"] });
    const keeper = spawn("sleep", ["20"], { stdio: ["ignore", "ignore", "ignore", child.stdin._handle, child.stdio[3]._handle] });
    child.stdin.write(${JSON.stringify(JSON.stringify(FILM))} + "\\n");
    child.stdio[3].once("data", () => setTimeout(() => console.log(child.pid, keeper.pid), 2000));`;
  const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(parent.stdout, "data");
  const [source, keeper] = String(line).trim().split(" ").map(Number);
  assert.ok(source !== undefined && keeper !== undefined);
  parent.kill("SIGKILL");
  try {
    for (let waited = 0; isRunning(source); waited++) {
      assert.ok(waited < 100, "it lives on");
      await sleep(100);
    }
  } finally {
    process.kill(keeper, "SIGKILL");
  }
});

/** What is not read fills its read-ahead, and it has nothing to do any more. */
async function untilIdle(pid: number): Promise<void> {
  let before = -Infinity;
  for (let waited = 0; cpuTicks(pid) - before > 3; waited++) {
    assert.ok(waited < 30, "it works on although nothing is read");
    before = cpuTicks(pid);
    await sleep(1000);
  }
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
