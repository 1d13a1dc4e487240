import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { openLog } from "../../../daemon/log/log.ts";
import { type LogLine, LogRing } from "../../../daemon/log/ring.ts";

const folder = resolve(import.meta.dirname, "../../../daemon/log");

/** Writes lines to the log, and says on standard output that it is still there. */
function script(format: string): string {
  return `
    import { openLog } from ${JSON.stringify(join(folder, "log.ts"))};
    import { LogRing } from ${JSON.stringify(join(folder, "ring.ts"))};
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const log = await openLog({ level: "info", format: ${JSON.stringify(format)} }, {}, new LogRing());
    for (let line = 0; line < 3; line++) {
      log.info("line " + line);
      await turn();
    }
    console.log("alive");`;
}

for (const format of ["json", "pretty"]) {
  test(`a full disk does not end the daemon (${format})`, async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, ["--input-type=module", "-e", script(format)], { stdio: ["ignore", "pipe", full] });
    const out = child.stdout === null ? "" : text(child.stdout);
    await once(child, "close");
    closeSync(full);
    assert.deepEqual([child.exitCode, await out], [0, "alive\n"]);
  });
}

test("a pipe that nobody reads costs lines, not the stream, and how many is told when it is read again", async () => {
  const program = `
    import { openLog } from ${JSON.stringify(join(folder, "log.ts"))};
    import { LogRing } from ${JSON.stringify(join(folder, "ring.ts"))};
    const log = await openLog({ level: "info", format: "json" }, {}, new LogRing());
    for (let line = 0; line < 3000; line++) log.info("line " + line + " of many, each of which has a hundred bytes or so");
    console.log("alive");
    process.stdin.once("data", () => {
      log.info("read again");
      process.exit(0);
    });`;
  // What Node calls a pipe is a socket.
  const place = mkdtempSync(join(tmpdir(), "log-"));
  const pipe = join(place, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [writing, reading] = [openSync(pipe, constants.O_RDWR), openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)];
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", writing] });
  assert.ok(child.stdin !== null && child.stdout !== null);
  const [said] = await once(child.stdout, "data");
  assert.equal(String(said), "alive\n");
  const before = readAll(reading);
  child.stdin.end("go on\n");
  await once(child, "close");
  const after = readAll(reading);
  closeSync(writing);
  closeSync(reading);
  rmSync(place, { recursive: true });
  const lost = 3000 - before.length;
  assert.ok(lost > 0);
  assert.deepEqual(after, ["read again", `nobody read standard error: ${lost} lines were lost; the last ones: streamctl logs`]);
});

/** The texts of the lines that are in a pipe. */
function readAll(pipe: number): readonly string[] {
  const chunk = Buffer.alloc(1 << 20);
  const read = readSync(pipe, chunk);
  const lines = chunk.toString("utf8", 0, read).trim().split("\n");
  return lines.map((line) => String(JSON.parse(line).msg));
}

test("how often a line was held back is told at its own level", async (context) => {
  let nowMs = 0;
  context.mock.method(performance, "now", () => nowMs);
  context.mock.method(process.stderr, "write", () => true);
  const lines: LogLine[] = [];
  const ring = new LogRing();
  ring.listen((line) => lines.push(line));
  const log = await openLog({ level: "info", format: "journald" }, {}, ring);
  for (let times = 0; times < 6; times++) log.info({ channel: "main" }, "playing");
  for (let times = 0; times < 7; times++) log.error("no room");
  nowMs = 31_000;
  log.info("later");
  assert.deepEqual(
    lines.slice(10).map(({ level, text }) => `${level}: ${text}`),
    ["info: main: playing (once more)", "error: no room (2 times more)", "info: later"],
  );
});
