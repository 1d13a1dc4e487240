/** examples/, where no daemon is needed: what a client does when the network or the daemon was away. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

const HELLO = join(import.meta.dirname, "../examples/hello.py");
/** Pillow's place: whatever comes is a picture. */
const IMAGE = "class Any:\n    width, height, load = 2, 1, lambda self: None\n\ndef open(bytes): return Any()\n";
const skip = spawnSync("python3", ["--version"]).error === undefined ? false : "python3 is missing: apt-get install python3";

test("hello.py says its hello again when nothing comes: it was lost, or the daemon is a new one", { skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-examples-"));
  mkdirSync(join(folder, "PIL"));
  // Without it, a Pillow that is installed would be found first.
  writeFileSync(join(folder, "PIL/__init__.py"), "");
  writeFileSync(join(folder, "PIL/Image.py"), IMAGE);
  const daemon = createSocket("udp4").bind(0, "127.0.0.1");
  await once(daemon, "listening");
  const child = spawn("python3", [HELLO, "127.0.0.1", String(daemon.address().port)], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PYTHONPATH: folder },
  });
  context.after(() => {
    child.kill("SIGKILL");
    daemon.close();
    rmSync(folder, { recursive: true });
  });
  const hello = async () => (await once(daemon, "message"))[1];
  await hello();
  const { port } = await hello();
  daemon.send("a picture", port, "127.0.0.1");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "frame 1: 2x1, 9 bytes");
});
