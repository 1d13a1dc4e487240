/** The real shell and the real systemd-notify, against a datagram socket that stands for systemd's. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { monotonicMs } from "../../../daemon/clock.ts";
import { createServiceLife } from "../../../daemon/notify/service-life.ts";
import { openServiceManager } from "../../../daemon/notify/service-manager.ts";
import type { ServiceManager } from "../../../daemon/notify/service-manager.ts";
import { waitFor } from "../../e2e/wait.ts";

const skip = existsSync("/usr/bin/systemd-notify") ? false : "systemd-notify is missing: apt-get install systemd";

/** Node has no such sockets: Python prints what arrives, one assignment a line, an empty line after each. Barriers are let through. */
const LISTEN = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(4096, 1024)
    for _, _, fds in ancillary:
        for fd in array.array("i", fds): os.close(fd)
    if not data.startswith(b"BARRIER"): print(data.decode() + "\\n", flush=True)
`;

type Context = { readonly after: (clean: () => void) => void };

async function listen(context: Context) {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-notify-"));
  const socket = join(folder, "notify");
  const python = spawn("python3", ["-c", LISTEN, socket], { stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => {
    python.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  let text = "";
  python.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await waitFor("the socket", () => text.startsWith("listening\n"));
  const heard = (): readonly string[] => text.slice("listening\n".length).split("\n\n").filter(Boolean);
  return { socket, heard };
}

function open(socket: string, more: Readonly<Record<string, string>> = {}): ServiceManager {
  const problems: string[] = [];
  const manager = openServiceManager({ PATH: process.env["PATH"], NOTIFY_SOCKET: socket, ...more }, process.pid, (text) =>
    problems.push(text),
  );
  assert.ok(manager !== null);
  return manager;
}

test("without NOTIFY_SOCKET there is nobody to tell", () => {
  assert.equal(
    openServiceManager({ PATH: "/nowhere" }, 1, () => assert.fail("nothing was tried")),
    null,
  );
});

test("a daemon's life is told in its order: ready with its status, a reload, signs of life, stopping", { skip }, async (context) => {
  const { socket, heard } = await listen(context);
  const manager = open(socket, { WATCHDOG_USEC: "150000", WATCHDOG_PID: `${process.pid}` });
  let overdueMs = 0;
  const life = createServiceLife(manager, {
    channels: () => Promise.resolve([{ name: "main", state: "playing", fps: 24, clients: 3 }]),
    overdueMs: () => overdueMs,
    nowMs: monotonicMs,
  });
  life.ready();
  await waitFor("the status", () => heard().some((text) => text.startsWith("STATUS=")));
  assert.equal(heard()[0], "READY=1");
  assert.ok(heard().includes("STATUS=main playing 24.0 FPS; 3 clients"));
  await waitFor("a sign of life", () => heard().includes("WATCHDOG=1"));

  // A sender that is a little late is alive; one that is later than two seconds is not.
  overdueMs = 2001;
  life.reloading(() => ({ ok: false, reason: "a.yml:3: no such key\nand another mistake" }));
  await waitFor("the refusal", () => heard().some((text) => text.includes("configuration refused")));
  const begun = heard().findIndex((text) => /^RELOADING=1\nMONOTONIC_USEC=\d+$/.test(text));
  assert.ok(begun > 0);
  assert.equal(heard()[begun + 1], "READY=1");
  // Everything that was written before the end has been sent when it is over.
  const signs = heard().filter((text) => text === "WATCHDOG=1").length;
  await life.stopping();
  await waitFor("the end", () => heard().at(-1) === "STOPPING=1\nSTATUS=saying goodbye");
  assert.equal(heard().filter((text) => text === "WATCHDOG=1").length, signs, "no sign of life from a sender that hangs");
});

test("a status cannot forge another assignment", { skip }, async (context) => {
  const { socket, heard } = await listen(context);
  const manager = open(socket);
  manager.tell("STATUS=a\tMAINPID=1\nERRNO=5 * $(id) `id` \\");
  await manager.close();
  await waitFor("the status", () => heard().length > 0);
  assert.deepEqual(heard(), ["STATUS=a MAINPID=1 ERRNO=5 * $(id) `id` \\"]);
});
