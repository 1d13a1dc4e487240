import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

const main = resolve(import.meta.dirname, "../../control/streamctl/main.ts");

test("on a terminal discover says that it listens: the first announcement may take ten seconds", async () => {
  const command = `stty cols 80; ${process.execPath} ${main} discover --seconds 0.2`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["ignore", "pipe", "ignore"] });
  const [shown] = await Promise.all([text(child.stdout), once(child, "close")]);
  assert.match(shown, /^streamctl: listening for 0\.2 s; Ctrl-C ends it\r\n/);
});
