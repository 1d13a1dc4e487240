/** A host on which no process can be started any more: the daemon goes on. */

import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { waitFor } from "../e2e/wait.ts";
import { openChannel } from "./open-channel.ts";

const systemError = (code: string): Error => Object.assign(new Error(`spawn ${code}`), { code });

/** What Node does where fork fails for want of memory, and where no file descriptor is left. */
const refusals: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    "memory",
    () => {
      throw systemError("ENOMEM");
    },
    /^the source process could not be started: there is no memory for it; make room/,
  ],
  [
    "file descriptors",
    () => {
      const child = new EventEmitter();
      process.nextTick(() => child.emit("error", systemError("EMFILE")));
      return child;
    },
    /^the source process could not be started: no more files may be open; raise LimitNOFILE/,
  ],
];

/** Returns how often it was tried. */
function refuseProcesses(context: TestContext, refuse: () => unknown): () => number {
  const spawn = context.mock.method(childProcess, "spawn", refuse);
  syncBuiltinESMExports();
  context.after(() => {
    spawn.mock.restore();
    syncBuiltinESMExports();
  });
  return () => spawn.mock.callCount();
}

for (const [name, refuse, reason] of refusals) {
  test(`a film for whose source there are no ${name} left has failed, and says what to do`, async (context) => {
    refuseProcesses(context, refuse);
    const { channel } = openChannel(context);
    channel.begin(null);
    await waitFor("its end", () => channel.state === "failed");
    assert.match(channel.reason ?? "", reason);
  });
}
