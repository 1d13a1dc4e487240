import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeDirectory } from "../../control/make-directory.ts";
import { createControlServer } from "../../control/server/server.ts";
import { testHandlers } from "./fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "streamerd-directories-"));
after(() => rmSync(folder, { recursive: true }));

test("a directory is made with those above it, in the mode that is asked for, and one that is there is left as it is", () => {
  const path = join(folder, "one/two/three");
  makeDirectory(path, 0o700);
  makeDirectory(path, 0o755);
  for (const each of [path, join(folder, "one")]) assert.equal(statSync(each).mode & 0o777, 0o700, each);
  mkdirSync(join(folder, "there"));
  symlinkSync(join(folder, "there"), join(folder, "link"));
  makeDirectory(join(folder, "link"));
  makeDirectory("/");
});

test("what cannot be made is told in the system's words, below /proc as well", () => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling"));
  for (const [path, code] of [
    [join(folder, "file"), "EEXIST"],
    [join(folder, "file/below"), "ENOTDIR"],
    [join(folder, "dangling/below"), "EEXIST"],
    ["/proc/streamerd", "ENOENT"],
    ["/proc/streamerd/one/two", "ENOENT"],
    ["/proc/self/fd/streamerd", "ENOENT"],
  ] as const)
    assert.throws(() => makeDirectory(path), { code }, path);
});

test("a Unix socket below /proc is refused", async () => {
  const nothing = (): void => undefined;
  const server = createControlServer({
    listen: { host: "127.0.0.1", port: 0 },
    socketPath: "/proc/streamerd/control.sock",
    handlers: testHandlers(),
    token: null,
    clock: { nowMs: () => 0 },
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  await assert.rejects(server.listen(), {
    code: "SOCKET_DIRECTORY",
    message: "control.socket: cannot make /proc/streamerd/control.sock: no directory can be made there: mend that, or choose another path",
  });
});
