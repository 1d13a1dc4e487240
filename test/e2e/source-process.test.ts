/** Sources that are killed, crash or hang, what they inherit, and how they end. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { assertOneUnbrokenSession, pictures, playFor, setTheStage } from "./stage.ts";
import { startStreamerd, waitForNewSource } from "./streamerd.ts";
import type { Daemon } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg");

test("a source that is killed or crashes is replaced in the same session, and its film goes on where it is", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context);
  const running = await capture();
  const before = await daemon.channel();
  for (const signal of ["SIGKILL", "SIGSEGV"] as const) {
    const [old = 0] = daemon.sources();
    process.kill(old, signal);
    await waitForNewSource(daemon, old);
    await playFor(daemon, 2000);
  }
  const after = await daemon.channel();
  assert.equal(after.state, "playing");
  assert.equal(after.counters.sourceRestarts, 2);
  assert.ok(after.positionMs - before.positionMs >= 3500, `from ${before.positionMs} to ${after.positionMs}`);
  const datagrams = await running.stop();
  assertOneUnbrokenSession(datagrams);
  const seen = pictures(datagrams);
  const gaps = seen.slice(1).map(({ timeMs }, index) => timeMs - (seen[index]?.timeMs ?? 0));
  assert.ok(Math.max(...gaps) < 1100, `the longest time without a new picture was ${Math.max(...gaps)} ms`);
});

test("a source that hangs is replaced; until then the last picture is repeated once a second, with silence", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context);
  const running = await capture();
  const [old = 0] = daemon.sources();
  process.kill(old, "SIGSTOP");
  await waitFor("starvation to show", async () => (await daemon.channel()).state === "starved");
  await waitForNewSource(daemon, old);
  await waitFor("the film to go on", async () => (await daemon.channel()).state === "playing");
  const { counters } = await daemon.channel();
  assert.ok(counters.framesRepeated >= 2, `${counters.framesRepeated} repeated`);
  assert.ok(counters.silentBlocks > 100, `${counters.silentBlocks} silent`);
  assertOneUnbrokenSession(await running.stop());
});

test(
  "a source that is killed every time is given up with a reason, the other channel goes on, and an operator can start it again",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const film = makeFilm(join(folder, "film.mp4"), 10);
    const lan = await createLan(context, ["tx", "rx1"]);
    const set = (text: string): readonly string[] => ["--set", text];
    const daemon = await startStreamerd(context, lan.host("tx"), [
      // From the cache it would need no process.
      ...set("cache.maxBytes=0"),
      ...set(`channels.good.source=${film}`),
      ...set(`channels.bad.source=${film}`),
    ]);
    const bad = async (): Promise<Awaited<ReturnType<Daemon["channel"]>>> => daemon.channel("bad");
    const goodPid = (await daemon.channel("good")).sourcePid;
    await waitFor(
      "the bad channel to be given up",
      async () => {
        const { state, sourcePid } = await bad();
        if (typeof sourcePid === "number" && isAlive(sourcePid)) process.kill(sourcePid, "SIGKILL");
        return state === "failed";
      },
      60_000,
    );
    assert.match((await bad()).stateReason ?? "", /given up/);
    const good = await daemon.channel("good");
    assert.equal(good.state, "playing");
    assert.equal(good.sourcePid, goodPid);
    assert.equal(good.counters.sourceRestarts, 0);
    assert.equal((await daemon.streamctl("channel", "start", "bad")).status, 0);
    await waitFor("the bad channel to play", async () => (await bad()).state === "playing");
  },
);

test("when the daemon is killed its source processes end by themselves", { skip }, async (context) => {
  const { daemon } = await setTheStage(context);
  const sources = daemon.sources();
  assert.equal(sources.length, 1);
  daemon.running.kill("SIGKILL");
  await waitFor("the source to end", () => sources.every((pid) => !isAlive(pid)), 5000);
});

test("a source process inherits no socket, no token and no variable of the daemon", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const token = join(folder, "token");
  writeFileSync(token, "secret\n");
  const lan = await createLan(context, ["tx"]);
  const env = { STREAMERD_CONTROL_OPERATORTOKENFILE: token, SECRET_TOKEN: "secret", LISTEN_FDS: "1" };
  const daemon = await startStreamerd(context, lan.host("tx"), [], { env });
  const [source = 0] = daemon.sources();
  const variables = readFileSync(`/proc/${source}/environ`, "utf8").split("\0");
  assert.deepEqual(
    variables.filter((text) => /token|secret|streamerd_|listen_/i.test(text) && !text.startsWith("NODE_COMPILE_CACHE=")),
    [],
  );
  // stdin, stderr, fd 3 and fd 4 are Unix socket pairs; every other socket would be one of the daemon's.
  const sockets = new Set(
    readdirSync(`/proc/${source}/fd`)
      .map((fd) => readLink(`/proc/${source}/fd/${fd}`))
      .filter((name) => name.startsWith("socket:")),
  );
  const inet = ["udp", "tcp", "udp6", "tcp6", "raw"].flatMap(
    (kind) => readFileSync(`/proc/${source}/net/${kind}`, "utf8").match(/^(\s*\d+: .*)$/gm) ?? [],
  );
  for (const line of inet) assert.ok(!sockets.has(`socket:[${line.trim().split(/\s+/)[9]}]`), line);
  assert.ok(sockets.size <= 4, [...sockets].join(" "));
});

/** Empty when it has been closed meanwhile. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
