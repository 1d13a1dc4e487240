/** A host on which no process can be started any more: the daemon goes on. */

import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { openServiceManager } from "../../daemon/notify/service-manager.ts";
import { Recorder } from "../../daemon/record/recorder.ts";
import { temporaryFolder } from "../e2e/media.ts";
import { waitFor } from "../e2e/wait.ts";
import { openChannel } from "./channel/open-channel.ts";

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

test("where not even the slate can be shown it is tried again with the live source, and not at once for ever", async (context) => {
  const tries = refuseProcesses(context, refusals[0]?.[1] ?? assert.fail);
  const { channel, news } = openChannel(context, ["channels.main.source=camera:/dev/video77"], null);
  channel.begin(null);
  const isTold = (): boolean => news.some((one) => one.kind === "warning" && one.text.startsWith("fallback: "));
  await waitFor("the slate's failure", isTold);
  const before = tries();
  for (let turns = 0; turns < 200; turns++) await turn();
  assert.ok(tries() < before + 10, `${tries() - before} more tries`);
  // The camera, the slate; then both again, after a while.
  await waitFor("the slate's second try", () => tries() >= 4);
  assert.equal(channel.state, "no-signal");
});

test("a directory of recordings that nobody can make is told as a problem", (context) => {
  const problems: string[] = [];
  const onWarning = (text: string): void => void problems.push(text);
  const dir = "/proc/streamerd/recordings";
  const recorder = new Recorder({ channel: "main", segmentMinutes: 1, target: [], name: "recorder", onWarning, dir });
  context.after(() => recorder.close());
  recorder.start();
  assert.match(
    problems.join(),
    /^recording: \/proc\/streamerd\/recordings cannot be made: no directory can be made there; mend that, or name another directory in channels\.main\.record\.dir; the stream/,
  );
});

for (const [name, refuse] of refusals) {
  test(`a recording and the word to systemd that find no ${name} left are told as problems`, (context) => {
    refuseProcesses(context, refuse);
    const problems: string[] = [];
    const onWarning = (text: string): void => void problems.push(text);
    const options = { channel: "main", segmentMinutes: 1, target: [], name: "recorder", onWarning };
    const recorder = new Recorder({ ...options, dir: temporaryFolder(context) });
    context.after(() => recorder.close());
    recorder.start();
    assert.match(problems.join(), /^recording: the recorder could not be started: .*; the stream goes on, and recording is tried again$/);
    const manager = openServiceManager({ NOTIFY_SOCKET: "/nowhere" }, process.pid, onWarning);
    manager?.tell("READY=1");
    manager?.tell("STATUS=well");
    assert.equal(problems.length, 2);
    assert.match(problems[1] ?? "", /^systemd cannot be told how the service is/);
  });
}
