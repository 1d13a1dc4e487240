import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { mock, test } from "node:test";
import { Recorder } from "../../../daemon/record/recorder.ts";
import { waitFor } from "../../e2e/wait.ts";
import { temporaryFolder } from "../../source/media.ts";

const folder = temporaryFolder();

test("a recorder that has run for a minute after a failure is well again", (context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const dir = join(folder, "recordings");
  writeFileSync(dir, "in the way");
  const warnings: string[] = [];
  const recorder = new Recorder({
    channel: "main",
    dir,
    segmentMinutes: 10,
    target: ["--host", "127.0.0.1:1"],
    name: "recorder",
    onWarning: (text) => warnings.push(text),
  });
  context.after(() => {
    mock.timers.reset();
    return recorder.close();
  });
  recorder.start();
  mock.timers.tick(2000);
  assert.match(recorder.problem ?? "", /cannot be made/);
  rmSync(dir);
  mock.timers.tick(10_000);
  assert.notEqual(recorder.problem, null, "it has only just begun");
  mock.timers.tick(60_000);
  assert.equal(recorder.problem, null);
  assert.equal(warnings.length, 1);
});

test("a recorder that somebody has killed is told as that, and not by what it said last", async (context) => {
  const { spawn } = childProcess;
  const script = "echo 'streamctl: first picture after 30 ms' >&2; kill -KILL $$";
  const mocked = context.mock.method(childProcess, "spawn", () => spawn("sh", ["-c", script], { stdio: ["ignore", "ignore", "pipe"] }));
  syncBuiltinESMExports();
  context.after(() => {
    mocked.mock.restore();
    syncBuiltinESMExports();
    return recorder.close();
  });
  const dir = join(folder, "killed");
  const warned = Promise.withResolvers<string>();
  const recorder = new Recorder({ channel: "main", dir, segmentMinutes: 10, target: [], name: "recorder", onWarning: warned.resolve });
  recorder.start();
  assert.equal(await warned.promise, "recording: the recorder was ended by SIGKILL; the stream goes on, and recording is tried again");
});

test("a recorder is let in as one of the daemon's own, whatever pass the daemon's environment has", async (context) => {
  const { spawn } = childProcess;
  const script = "echo ${STREAMERD_PASS-none} >&2";
  const mocked = context.mock.method(childProcess, "spawn", (_file: string, _words: string[], options: childProcess.SpawnOptions) =>
    spawn("sh", ["-c", script], { ...options, stdio: ["ignore", "ignore", "pipe"] }),
  );
  syncBuiltinESMExports();
  process.env["STREAMERD_PASS"] = "K7QXM-3HWPD-9ZTB4-D0F2A-6YQ1C";
  context.after(() => {
    delete process.env["STREAMERD_PASS"];
    mocked.mock.restore();
    syncBuiltinESMExports();
    return recorder.close();
  });
  const warned = Promise.withResolvers<string>();
  const dir = join(folder, "let-in");
  const recorder = new Recorder({ channel: "main", dir, segmentMinutes: 10, target: [], name: "recorder", onWarning: warned.resolve });
  recorder.start();
  assert.match(await warned.promise, /none/);
});

test("a disk that stays full is told once", async (context) => {
  const { spawn } = childProcess;
  // `record PATH CHANNEL …`: $2 is the path.
  const script = 'f="${2%.mkv}-0001.mkv"; echo "streamctl: $f: the disk is full; 0 s are saved" >&2; exit 1';
  let runs = 0;
  const mocked = context.mock.method(childProcess, "spawn", (_file: string, words: string[], options: childProcess.SpawnOptions) => {
    runs++;
    return spawn("sh", ["-c", script, ...words], { ...options, stdio: ["ignore", "ignore", "pipe"] });
  });
  syncBuiltinESMExports();
  const dir = join(folder, "full");
  const warnings: string[] = [];
  const onWarning = (text: string): void => void warnings.push(text);
  const recorder = new Recorder({ channel: "main", dir, segmentMinutes: 10, target: [], name: "recorder", onWarning });
  context.after(() => {
    mocked.mock.restore();
    syncBuiltinESMExports();
    return recorder.close();
  });
  recorder.start();
  await waitFor("the second attempt", () => runs === 2 && recorder.problem?.includes("full") === true, 10_000);
  assert.equal(warnings.length, 1, warnings.join("\n"));
});
