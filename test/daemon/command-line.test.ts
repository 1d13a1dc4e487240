/** `streamerd` as a process that plays nothing: what its command line ends with where something around it is missing. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

const main = resolve(import.meta.dirname, "../../daemon/main.ts");

test("a question whose answer nobody reads, or a full disk has no room for, ends with its status and without a trace", async () => {
  const full = openSync("/dev/full", "w");
  for (const [option, status] of [
    ["--check-config", 0],
    ["--help", 0],
    ["--config=/nonexistent", 2],
  ] as const) {
    const child = spawn(process.execPath, [main, option], { stdio: ["ignore", full, "pipe"] });
    const said = child.stderr === null ? "" : text(child.stderr);
    await once(child, "close");
    const err = await said;
    assert.doesNotMatch(err, /\n.*\n|node:/, option);
    assert.equal(child.exitCode, status, option);
  }
  closeSync(full);
});

test("a working directory that has been removed is told in one line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-removed-"));
  const child = spawn("sh", ["-c", 'cd "$0" && rmdir "$0" && exec "$@"', folder, process.execPath, main, "--check-config"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [err] = await Promise.all([text(child.stderr), once(child, "close")]);
  assert.deepEqual([child.exitCode, err], [1, "streamerd: the working directory has been removed; start it in another one\n"]);
});

test("no line of its help is wider than 80 columns, and none tells a default that nobody can read", async () => {
  const child = spawn(process.execPath, [main, "--help"], { stdio: ["ignore", "pipe", "ignore"] });
  const [help] = await Promise.all([text(child.stdout), once(child, "close")]);
  for (const line of help.split("\n")) assert.ok(line.length <= 80, line);
  assert.doesNotMatch(help, /\[\]\)/);
});
