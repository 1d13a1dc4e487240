import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { waitFor } from "../e2e/wait.ts";

const WATCH = new URL("../../daemon/source/parent-watch.ts", import.meta.url).href;
/** Is watched, tells its process id, and hangs. */
const CHILD = `
import { watchParent } from ${JSON.stringify(WATCH)};
await watchParent(process.ppid);
process.stdout.write(process.pid + "\\n", () => { for (;;); });
`;
/** Starts the child, which speaks for itself, and waits. */
const PARENT = `
import { spawn } from "node:child_process";
spawn(process.execPath, ["--input-type=module", "-e", ${JSON.stringify(CHILD)}], { stdio: ["ignore", "inherit", "inherit"] });
setInterval(() => {}, 1000);
`;

test("who hangs in its main thread ends with its parent, however that ends", async () => {
  const parent = spawn(process.execPath, ["--input-type=module", "-e", PARENT], { stdio: ["ignore", "pipe", "inherit"] });
  const [line]: unknown[] = await once(createInterface({ input: parent.stdout }), "line");
  const child = Number(line);
  assert.ok(existsSync(`/proc/${child}`));
  parent.kill("SIGKILL");
  await waitFor("the child to be gone", () => !existsSync(`/proc/${child}`));
});
