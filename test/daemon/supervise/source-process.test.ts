import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { spawnSource } from "../../../daemon/supervise/source-process.ts";
import { waitFor } from "../../e2e/wait.ts";
import { isRunning } from "../../source/is-running.ts";
import { temporaryFolder } from "../../source/media.ts";
import { openCommand } from "../../source/run-source.ts";

const folder = temporaryFolder();
const CAPTURE = { format: null, width: null, height: null, fps: null, microphone: "arecord" } as const;

test("a recorder that hangs ends with the source that started it", async (context) => {
  const pidFile = join(folder, "pid");
  const recorder = join(folder, "arecord");
  writeFileSync(recorder, `#!/bin/sh\necho $$ >${pidFile}.new\nmv ${pidFile}.new ${pidFile}\nexec sleep 300\n`);
  chmodSync(recorder, 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${folder}:${path}`;
  context.after(() => void (process.env["PATH"] = path));
  const ended = Promise.withResolvers<void>();
  const source = spawnSource({ onMessage: () => {}, onLog: () => {}, onExit: () => ended.resolve() }, true);
  context.after(() => source.kill());
  source.send(openCommand([{ kind: "live", input: { kind: "microphone", device: "default" }, capture: CAPTURE }]));
  await waitFor("the recorder", () => existsSync(pidFile));
  const pid = Number(readFileSync(pidFile, "utf8"));
  source.kill();
  await ended.promise;
  await waitFor("its end", () => !isRunning(pid), 5000);
});
