import assert from "node:assert/strict";
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { parseRtp } from "../../wire/rtp.ts";
import { parseCompound } from "../../wire/rtcp/index.ts";
import { startCapture } from "./capture.ts";
import type { Capture } from "./capture.ts";
import { createLan } from "./lan.ts";
import type { Lan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import type { Datagram } from "./pcap.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { startStreamerd, waitForNewSource } from "./streamerd.ts";
import type { Daemon } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg");
const VIDEO_PORT = 5004;

type Stage = {
  readonly lan: Lan<"tx" | "rx1">;
  readonly daemon: Daemon;
  readonly capture: () => Promise<Capture>;
  readonly folder: string;
};

async function setTheStage(context: TestContext, args: readonly string[] = [], seconds = 30): Promise<Stage> {
  const folder = temporaryFolder(context);
  const film = makeFilm(join(folder, "film.mp4"), seconds);
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [...args, film]);
  let captures = 0;
  return { lan, daemon, folder, capture: () => startCapture(lan, lan.host("rx1"), join(folder, `${captures++}.pcap`)) };
}

/** RTP time and capture time of each picture's first packet. */
function pictures(datagrams: readonly Datagram[]): readonly { readonly rtpTs: number; readonly timeMs: number }[] {
  const found: { rtpTs: number; timeMs: number }[] = [];
  for (const { destinationPort, payload, timeMs } of datagrams) {
    const parsed = destinationPort === VIDEO_PORT ? parseRtp(payload) : null;
    if (parsed?.ok === true && found.at(-1)?.rtpTs !== parsed.value.rtpTs) found.push({ rtpTs: parsed.value.rtpTs, timeMs });
  }
  return found;
}

function assertOneUnbrokenSession(datagrams: readonly Datagram[]): void {
  const reports = analyseRtp(datagrams);
  assert.deepEqual(
    reports.map(({ port }) => port),
    [VIDEO_PORT, VIDEO_PORT + 2],
    "one SSRC for each stream",
  );
  for (const { lost, reordered, hasTimeGoneBack } of reports) {
    assert.deepEqual({ lost, reordered, hasTimeGoneBack }, { lost: 0, reordered: 0, hasTimeGoneBack: false });
  }
}

async function playFor(daemon: Daemon, ms: number): Promise<void> {
  const { uptimeMs } = await daemon.status();
  await waitFor(`${ms} ms`, async () => (await daemon.status()).uptimeMs >= uptimeMs + ms);
}

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

test("a channel does not notice that the source of another one is killed again and again", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context, [
    "--set",
    "channels.other.source=null",
    "--set",
    "channels.other.group=239.255.91.77",
  ]);
  const running = await capture();
  for (let kill = 0; kill < 3; kill++) {
    const old = (await daemon.channel("main")).sourcePid ?? 0;
    process.kill(old, "SIGKILL");
    await waitForNewSource(daemon, old);
    await playFor(daemon, 1000);
  }
  const { counters, state } = await daemon.channel("other");
  assert.equal(state, "playing");
  const { framesDropped, framesRepeated, silentBlocks, sourceRestarts } = counters;
  assert.deepEqual(
    { framesDropped, framesRepeated, silentBlocks, sourceRestarts },
    { framesDropped: 0, framesRepeated: 0, silentBlocks: 0, sourceRestarts: 0 },
  );
  const reports = analyseRtp(await running.stop()).filter(({ group }) => group === "239.255.91.77");
  assert.equal(reports.length, 2);
  for (const { lost, hasTimeGoneBack } of reports) assert.deepEqual({ lost, hasTimeGoneBack }, { lost: 0, hasTimeGoneBack: false });
  // Its 25 pictures a second, all of them.
  const [picture] = reports;
  assert.ok(Math.abs((picture?.frames ?? 0) - (picture?.seconds ?? 0) * 25) <= 4, `${picture?.frames} pictures in ${picture?.seconds} s`);
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

test("at 10 frames a second the pictures are evenly spaced and the film keeps its speed", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context);
  assert.equal((await daemon.streamctl("pacing", "set", "main", "--fps", "10")).status, 0);
  const running = await capture();
  const from = await daemon.status();
  await playFor(daemon, 4000);
  const to = await daemon.status();
  const seen = pictures(await running.stop());
  assert.ok(seen.length >= 38, `${seen.length} pictures`);
  seen.slice(1).forEach(({ rtpTs }, index) => assert.equal((rtpTs - (seen[index]?.rtpTs ?? 0)) >>> 0, 9000));
  const movedMs = (to.channels[0]?.positionMs ?? 0) - (from.channels[0]?.positionMs ?? 0);
  assert.ok(Math.abs(movedMs - (to.uptimeMs - from.uptimeMs)) < 200, `the film moved by ${movedMs} ms in ${to.uptimeMs - from.uptimeMs}`);
  const refused = await daemon.streamctl("pacing", "set", "main", "--fps", "60");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /film\.mp4 has 24 frames a second: 60 is more; use at most 24\n$/);
  assert.equal((await daemon.streamctl("pacing", "set", "main", "--ts", "125")).status, 0);
  assert.equal((await daemon.pacing()).targetFps, 8);
});

test("pause, seek, resume, stop and start stay in one session without a gap, and Ctrl-C ends it with BYE", { skip }, async (context) => {
  const { daemon, capture } = await setTheStage(context);
  const running = await capture();
  const streamctl = async (...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await daemon.streamctl("channel", ...words);
    assert.equal(status, 0, stderr);
  };
  await streamctl("pause", "main");
  await playFor(daemon, 2500);
  await streamctl("seek", "main", "20");
  await streamctl("resume", "main");
  await waitFor("the new place", async () => (await daemon.channel()).positionMs >= 20_000);
  assert.ok((await daemon.channel()).positionMs < 28_000);
  await streamctl("stop", "main");
  assert.equal((await daemon.channel()).state, "stopped");
  await streamctl("start", "main");
  await waitFor("the film to play", async () => (await daemon.channel()).state === "playing");
  await streamctl("next", "main");
  await playFor(daemon, 500);
  assert.deepEqual(await daemon.stop(), { status: 0, signal: null });
  const datagrams = await running.stop();
  assertOneUnbrokenSession(datagrams);
  const goodbyes = datagrams.filter(({ payload }) => {
    const parsed = parseCompound(payload);
    return parsed.ok && parsed.value.some(({ kind }) => kind === "goodbye");
  });
  assert.equal(goodbyes.length, 2);
});

test("films of unlike lengths loop without a gap: RTP time and sequence numbers go on in both streams", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const films = [1.5, 0.7].map((seconds, index) => makeFilm(join(folder, `${index}.mp4`), seconds));
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), films);
  const capture = await startCapture(lan, lan.host("rx1"), join(folder, "capture.pcap"));
  await playFor(daemon, 10_000);
  const datagrams = await capture.stop();
  assertOneUnbrokenSession(datagrams);
  const seen = pictures(datagrams);
  const steps = seen.slice(1).map(({ rtpTs }, index) => (rtpTs - (seen[index]?.rtpTs ?? 0)) >>> 0);
  assert.ok(Math.max(...steps) <= 3751 * 2 && Math.min(...steps) >= 3000, `steps from ${Math.min(...steps)} to ${Math.max(...steps)}`);
  const { counters } = await daemon.channel();
  assert.deepEqual({ dropped: counters.framesDropped, silent: counters.silentBlocks }, { dropped: 0, silent: 0 });
});

test("an interface that goes down is told once, and sending goes on by itself when it is back", { skip }, async (context) => {
  const { daemon, lan, capture } = await setTheStage(context);
  await lan.host("tx").setLink("down");
  await waitFor("the state to say so", async () => (await daemon.channel()).state === "no-interface");
  assert.match((await daemon.channel()).stateDetail ?? "", /auto.*: no interface takes its packets; sending resumes by itself$/);
  await lan.host("tx").setLink("up");
  await waitFor("the state to recover", async () => (await daemon.channel()).state === "playing");
  const running = await capture();
  await playFor(daemon, 1000);
  assert.ok(analyseRtp(await running.stop()).length === 2);
  const lines = daemon.running.stderr().split("\n");
  assert.equal(lines.filter((line) => line.includes("resumes by itself")).length, 1);
  assert.equal(lines.filter((line) => /sending on auto \(10\.77\.0\.1\) again/.test(line)).length, 1);
});

for (const sockets of ["kernel", "system", "node"])
  test(
    `a firewall that refuses one port is told once and costs the others nothing: send.sockets ${sockets}`,
    { skip: lacks("ip", "nft", "tcpdump", "ffmpeg") },
    async (context) => {
      const { daemon, lan, capture } = await setTheStage(context, ["--set", `send.sockets=${sockets}`]);
      const nft = (...rules: readonly string[]): Promise<string> =>
        lan.host("tx").output("nft", ["-f", "-"], { input: `${rules.join("\n")}\n` });
      await nft(
        "add table ip wall",
        "add chain ip wall out { type filter hook output priority 0; }",
        `add rule ip wall out udp dport ${VIDEO_PORT + 1} drop`,
      );
      await waitFor("the refusals to be told", async () =>
        (await daemon.channel()).interfaces?.some((line) => line.includes("a firewall rule")),
      );
      const running = await capture();
      await playFor(daemon, 6000);
      assertOneUnbrokenSession(await running.stop());
      assert.equal((await daemon.channel()).state, "playing");
      await nft("delete table ip wall");
      await waitFor("it to be over", () => daemon.running.stderr().includes("sending on auto (10.77.0.1) again"));
      assert.equal(daemon.running.stderr().split("a firewall rule").length - 1, 1);
    },
  );

test("--loop=false plays once, says goodbye and ends with status 0", { skip }, async (context) => {
  const { daemon, folder } = await setTheStage(context, ["--loop=false"], 2);
  assert.ok(folder.length > 0);
  assert.deepEqual(await daemon.running.ended, { status: 0, signal: null });
});

test("--loop=false beside a channel that has failed ends with status 3 and says why", { skip }, async (context) => {
  const { daemon } = await setTheStage(context, ["--loop=false", "--set", "channels.other.source=/nowhere.mp4"], 2);
  assert.deepEqual(await daemon.running.ended, { status: 3, signal: null });
  assert.match(
    daemon.running.stderr(),
    /^streamerd: channels\.other\.source: \/nowhere\.mp4: there is no such file or directory; check the path$/m,
  );
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
