// What streamctl prints: all of it, or a word on what is missing, and the status that the command has.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { openOutput } from "../../control/streamctl/output.ts";
import { startServer, testHandlers } from "./fixture.ts";

const main = resolve(import.meta.dirname, "../../control/streamctl/main.ts");

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: it is so`), { code });
}

/** A file on a disk that takes so many bytes, a few at a time. */
function disk(roomBytes: number) {
  let written = "";
  const writeSome = (bytes: Uint8Array): number => {
    const some = bytes.subarray(0, Math.min(3, roomBytes - written.length));
    if (some.length === 0) throw systemError("ENOSPC");
    written += Buffer.from(some).toString();
    return some.length;
  };
  return { writeSome, written: () => written };
}

test("a file that takes a few bytes at a time gets all of them; what a full disk has no room for is told", async () => {
  const wide = disk(100);
  const whole = openOutput(new PassThrough(), new PassThrough(), wide.writeSome);
  whole.write("channel main\n");
  assert.deepEqual([wide.written(), whole.problem()], ["channel main\n", null]);

  const narrow = disk(7);
  const cut = openOutput(new PassThrough(), new PassThrough(), narrow.writeSome);
  cut.write("channel main\n");
  await cut.ended;
  assert.deepEqual([narrow.written(), cut.problem()], ["channel", "not everything could be printed: ENOSPC: it is so"]);

  const broken = openOutput(new PassThrough(), new PassThrough(), () => {
    throw systemError("EIO");
  });
  broken.write("channel main\n");
  assert.equal(broken.problem(), "not everything could be printed: EIO: it is so");
});

test("a reader that has gone is no problem, and whoever hears the errors ends what stays; a full log does not", async () => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const output = openOutput(out, err);
  out.emit("error", systemError("EPIPE"));
  await output.ended;
  assert.equal(output.problem(), null);

  const talking = openOutput(new PassThrough(), err);
  err.emit("error", systemError("ENOSPC"));
  assert.equal(await Promise.race([talking.ended.then(() => "ended"), Promise.resolve("goes on")]), "goes on");
  err.emit("error", systemError("EPIPE"));
  await talking.ended;
});

/** With standard output and error where a test wants them. */
async function run(args: readonly string[], out: "pipe" | number, err: "pipe" | number) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", out, err] });
  const said = child.stderr === null ? "" : text(child.stderr);
  await once(child, "close");
  return { status: child.exitCode, err: await said };
}

test("on a full disk every kind of output ends in one line and status 1; a status that says more stays", async () => {
  await using running = await startServer();
  const full = openSync("/dev/full", "w");
  const at = ["--socket", running.socketPath];
  const missing = "streamctl: not everything could be printed: ENOSPC: no space left on device, write\n";
  for (const args of [["--help"], ["--json", "status"], ["logs", "-f"]]) {
    assert.deepEqual(await run([...at, ...args], full, "pipe"), { status: 1, err: missing }, args.join(" "));
  }
  assert.equal((await run([...at, "channel", "show", "attic"], "pipe", full)).status, 1);
  assert.equal((await run(["stauts"], "pipe", full)).status, 2);
  closeSync(full);
});

test("a command that stays ends when its reader has gone, and its status is its own", async () => {
  await using running = await startServer({ handlers: testHandlers() });
  const child = spawn(process.execPath, [main, "--socket", running.socketPath, "events"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const publishing = setInterval(() => running.server.publish("channel.state", { channel: "main", state: "paused", reason: null }), 20);
  const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
  clearInterval(publishing);
  assert.deepEqual([child.exitCode, err], [0, ""]);
});
