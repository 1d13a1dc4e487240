import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connectFirst, targets } from "../../control/streamctl/target.ts";

/** Of nobody, on every Linux. */
const NOBODY = 65_534;

test("the daemon of this host is looked for at the service's socket, at this user's, and by TCP; --host and --socket name the only place", () => {
  const service = { kind: "unix", path: "/run/streamerd/control.sock" };
  const local = { kind: "tcp", host: "127.0.0.1", port: 9688 };
  assert.deepEqual(targets({}, "/run/user/1000"), [service, { kind: "unix", path: "/run/user/1000/streamerd.sock" }, local]);
  for (const none of [undefined, ""]) assert.deepEqual(targets({}, none), [service, local]);
  assert.deepEqual(targets({ host: "10.77.0.1" }, "/run/user/1000"), [{ kind: "tcp", host: "10.77.0.1", port: 9688 }]);
  assert.deepEqual(targets({ socket: "c.sock" }, "/run/user/1000"), [{ kind: "unix", path: "c.sock" }]);
});

test("a socket that this user may not use is told as that, and not as no daemon", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamctl-target-"));
  const path = join(folder, "streamerd.sock");
  const server = createServer().listen(path);
  await once(server, "listening");
  chmodSync(path, 0);
  const isRoot = process.geteuid?.() === 0;
  context.after(() => {
    if (isRoot) process.seteuid?.(0);
    server.close();
    rmSync(folder, { recursive: true });
  });
  chmodSync(folder, 0o755);
  if (isRoot) process.seteuid?.(NOBODY);
  await assert.rejects(
    connectFirst([
      { kind: "unix", path },
      { kind: "tcp", host: "127.0.0.1", port: 1 },
    ]),
    {
      name: "CannotConnectError",
      message: `cannot connect to ${path}: this user may not use it; be in the group streamerd, or use --host and --token-file`,
    },
  );
});
