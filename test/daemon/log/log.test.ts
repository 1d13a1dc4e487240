import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
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
