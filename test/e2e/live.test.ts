/** Channels whose source is alive, on a LAN of network namespaces. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { recordWithFfmpeg } from "./peers.ts";
import { type Ear, startPulse } from "./pulse.ts";
import { startProcess } from "./running.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "ffmpeg", "curl", "python3");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const RTSP_SERVER = join(import.meta.dirname, "rtsp_server.py");
const HELLO = join(import.meta.dirname, "../../examples/hello.py");
/** Debian's own, which has Debian's libraries. */
const PYTHON = "/usr/bin/python3";
const HOST = ["--host", "10.77.0.1"];
const RATE = 44_100;
const source = (value: string): readonly string[] => ["--set", `channels.main.source=${value}`];

/** Of a tone, and not of its first wave. */
const LOUD = 0.05;

const levelOf = (samples: Float64Array): number => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

/** Hertz of a tone by its rises through zero: the median of its tenths of a second, since a machine that is busy leaves holes in what is live. */
function pitchOf(samples: Float64Array): number {
  const tenth = RATE / 10;
  const rises = Array.from({ length: Math.floor(samples.length / tenth) }, (_, index) =>
    risesIn(samples.subarray(index * tenth, (index + 1) * tenth)),
  );
  return 10 * (rises.toSorted((one, other) => one - other)[Math.floor(rises.length / 2)] ?? 0);
}

function risesIn(samples: Float64Array): number {
  return samples.reduce((count, value, index) => count + (index > 0 && (samples[index - 1] ?? 0) < 0 && value >= 0 ? 1 : 0), 0);
}

/** The level in the middle of them, for the same reason. */
function usualLevelOf(samples: Float64Array): number {
  const tenth = RATE / 10;
  const levels = Array.from({ length: Math.floor(samples.length / tenth) }, (_, index) =>
    levelOf(samples.subarray(index * tenth, (index + 1) * tenth)),
  );
  return levels.toSorted((one, other) => one - other)[Math.floor(levels.length / 2)] ?? 0;
}

test(
  "what is played into a microphone comes out of a loudspeaker on another host with its pitch and level, soon",
  { skip: skip || lacks("pulseaudio", "pactl", "parecord") },
  async (context) => {
    const folder = temporaryFolder(context);
    const { env, isPlaying, listen } = await startPulse(context, folder);
    const lan = await createLan(context, ["tx", "rx1"]);
    const byPackage = ["source=mic:default", "capture.microphone=mic"].flatMap((set) => ["--set", `channels.second.${set}`]);
    const daemon = await startStreamerd(context, lan.host("tx"), [...source("mic:default"), ...byPackage], { env });
    await waitFor("sound", async () => (await daemon.channel()).state === "playing");
    await waitFor("sound by the package mic", async () => (await daemon.channel("second")).state === "playing");
    const player = lan.host("rx1").spawn(STREAMCTL, [...HOST, "play", "main", "--no-video"], { env });
    await waitFor("the loudspeaker", isPlaying);
    context.after(async () => void (await player.stop()));
    const [booth, room] = [listen("input"), listen("output")];
    await waitFor("both ears", () => booth.samples().length > 0 && room.samples().length > 0);
    const tone = join(folder, "tone.wav");
    execFileSync("ffmpeg", [
      "-v",
      "error",
      "-f",
      "lavfi",
      "-i",
      "sine=1000:duration=4",
      "-af",
      "adelay=1500:all=1,volume=2",
      "-ac",
      "2",
      "-ar",
      String(RATE),
      tone,
    ]);
    await startProcess("paplay", ["--device=input", tone], { env }).ended;
    const hasTone = (ear: Ear): boolean => ear.samples().length - (ear.onset(LOUD)?.index ?? Infinity) > 3.5 * RATE;
    await waitFor("the tone", () => hasTone(room) && hasTone(booth));
    const [heard, said] = [room.onset(LOUD), booth.onset(LOUD)];
    assert.ok(heard !== null && said !== null);
    const middle = (ear: Ear, from: number): Float64Array => ear.samples().subarray(from + RATE, from + 3 * RATE);
    const [there, here] = [middle(room, heard.index), middle(booth, said.index)];
    assert.ok(Math.abs(pitchOf(there) - 1000) <= 10, `${pitchOf(there)} Hz`);
    const gain = usualLevelOf(there) / usualLevelOf(here);
    assert.ok(gain > 0.94 && gain < 1.06, `level × ${gain}`);
    // The receiver's buffer of 200 ms, and what PulseAudio and the devices hold.
    const delayMs = heard.atMs - said.atMs;
    context.diagnostic(`from microphone to loudspeaker ${delayMs.toFixed(0)} ms`);
    assert.ok(delayMs > 150 && delayMs < 2000, `${delayMs} ms`);
  },
);

test("an RTSP camera with sound is sent on; while it is away there is a slate, and it comes back by itself", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1", "rx2"]);
  const camera = lan.host("rx2");
  const serve = async () => {
    const server = camera.spawn(PYTHON, [RTSP_SERVER, camera.address, "8554"]);
    await server.waitForLine(/serving/);
    return server;
  };
  const first = await serve();
  const daemon = await startStreamerd(context, lan.host("tx"), source(`rtsp://me:geheim@${camera.address}:8554/live`));
  await waitFor("the camera", async () => (await daemon.channel()).state === "playing");
  const { source: shown, picture, sourcePicture } = await daemon.channel();
  assert.equal(shown, `rtsp://${camera.address}:8554/live`);
  assert.deepEqual(sourcePicture, { width: 640, height: 360 });
  assert.equal(picture?.width, 500);
  const sdpFile = join(temporaryFolder(context), "main.sdp");
  writeFileSync(sdpFile, (await daemon.streamctl("sdp", "main")).stdout);
  const got = await recordWithFfmpeg(lan.host("rx1"), { sdpFile, seconds: 4, folder: temporaryFolder(context) });
  assert.ok((got.pictures?.pictures.length ?? 0) > 70);
  assert.ok(Math.abs(pitchOf(Float64Array.from((got.sound ?? new Int16Array(0)).filter((_, index) => index % 2 === 0))) - 1000) < 10);
  await first.stop("SIGKILL");
  await waitFor("the slate", async () => (await daemon.channel()).state === "no-signal");
  await waitFor("the slate's rate", async () => (await daemon.pacing()).sourceFps === 2);
  // It shows the time of day: after a pause it begins anew.
  await waitFor("some of the slate", async () => (await daemon.channel()).positionMs > 1500);
  await daemon.streamctl("channel", "pause", "main");
  await daemon.streamctl("channel", "resume", "main");
  assert.ok((await daemon.channel()).positionMs < 1500);
  await serve();
  await waitFor("the camera again", async () => (await daemon.channel()).state === "playing", 40_000);
  const everything = `${daemon.running.stdout()}${daemon.running.stderr()}${JSON.stringify(await daemon.status())}`;
  assert.ok(!everything.includes("geheim"));
});

test(
  "a server that takes the connection and says nothing counts as away after five seconds; a screen is sent",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1"]);
    const xvfb = startProcess("Xvfb", [":77", "-screen", "0", "800x600x24", "-nolisten", "tcp"]);
    context.after(async () => void (await xvfb.stop("SIGTERM")));
    await waitFor("the display", () => existsSync("/tmp/.X11-unix/X77"));
    lan.host("rx1").spawn("nc", ["-lk", "9999"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [
      ...source(`rtsp://me:geheim@${lan.host("rx1").address}:9999/x`),
      "--set",
      "channels.desk.source=screen::77",
      "--set",
      "channels.desk.capture.fps=10",
    ]);
    await waitFor("the screen", async () => (await daemon.channel("desk")).state === "playing");
    await waitFor("its pictures", async () => ((await daemon.pacing("desk")).measuredFps ?? 0) > 8);
    assert.deepEqual((await daemon.channel("desk")).sourcePicture, { width: 800, height: 600 });
    await waitFor("the silence", async () => (await daemon.channel()).state === "no-signal");
    assert.match(
      (await daemon.channel()).stateReason ?? "",
      /^rtsp:\/\/10\.77\.0\.2:9999\/x: nothing has come for 5 s; check that the other end sends$/,
    );
  },
);

test("a source on demand runs while somebody is there, and a film stands in for one that is missing", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const film = makeFilm(join(folder, "film.mp4"), 2);
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [
    ...source("camera:/dev/video77"),
    ...["onDemand=true", `fallback=${film}`].flatMap((set) => ["--set", `channels.main.${set}`]),
  ]);
  assert.equal((await daemon.channel()).state, "idle");
  assert.deepEqual(daemon.sources(), []);
  const watching = lan.host("rx1").spawn(STREAMCTL, [...HOST, "stats"]);
  await waitFor("the stand-in", async () => (await daemon.channel()).state === "no-signal");
  await waitFor(
    "its pictures",
    async () => (await daemon.pacing()).measuredFps !== null && ((await daemon.pacing()).measuredFps ?? 0) > 20,
  );
  await watching.waitForLine(/^ +2[345]\.\d /);
  await watching.stop();
  await waitFor("the rest", async () => (await daemon.channel()).state === "idle", 30_000);
  await waitFor("no process", () => daemon.sources().length === 0);
  await daemon
    .streamctl("channel", "seek", "main", "5")
    .then(({ stderr }) => assert.match(stderr, /is idle: its source starts when somebody joins/));
});

test(
  "what is sent is recorded in segments that can be played after a crash; a full disk ends the recording and not the stream",
  { skip },
  async (context) => {
    const disk = mkdtempSync(join(tmpdir(), "streamerd-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]);
    context.after(() => {
      execFileSync("umount", ["-l", disk]);
      rmdirSync(disk);
    });
    const lan = await createLan(context, ["tx", "rx1"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [...source("test:live"), "--set", `channels.main.record.dir=${disk}`]);
    const files = (): readonly string[] => readdirSync(disk).filter((name) => /^main-\d{8}-\d{6}-0001\.mkv$/.test(name));
    await waitFor("a recording", () => files().length === 1 && statSync(join(disk, files()[0] ?? "")).size > 1_000_000);
    assert.equal((await daemon.channel()).recording?.problem, null);
    await daemon.running.waitForLine(/recording: .*(no space left|is full|ENOSPC).*the stream goes on/i, 60_000);
    assert.match((await daemon.channel()).recording?.problem ?? "", /./);
    const sent = (await daemon.channel()).counters.framesSent;
    // It is tried again after two seconds.
    await waitFor("more pictures", async () => (await daemon.channel()).counters.framesSent > sent + 100);
    const packets = execFileSync(
      "ffprobe",
      ["-v", "fatal", "-show_entries", "packet=pts_time", "-select_streams", "v", "-of", "csv=p=0", join(disk, files()[0] ?? "")],
      { encoding: "utf8" },
    );
    assert.ok(packets.trim().split("\n").length > 60, `${packets.trim().split("\n").length} pictures`);
    assert.equal((await daemon.stop()).status, 0);
    for (const name of readdirSync(disk)) assert.ok(statSync(join(disk, name)).size > 0, `${name} has nothing in it`);
  },
);

test("a dozen lines of Python say hello by UDP and open the frames; strangers beyond our links get nothing", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const sets = ["profile=datagram", "datagram.encoding=base64", "datagram.hello=true"].flatMap((set) => ["--set", `channels.main.${set}`]);
  await startStreamerd(context, lan.host("tx"), sets);
  const script = lan.host("rx1").spawn(PYTHON, [HELLO, "10.77.0.1"]);
  await script.waitForLine(/^frame 100: 500x281, \d+ bytes$/);
  await script.stop();
  // A host that routes to us from another network.
  const far = await lan.host("rx1").output("ip", ["addr", "add", "192.0.2.7/32", "dev", "lo"]);
  assert.equal(far, "");
  await lan.host("tx").output("ip", ["route", "add", "192.0.2.7", "via", lan.host("rx1").address]);
  const silent = await lan
    .host("rx1")
    .exec("python3", [
      "-c",
      'import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(("192.0.2.7",0))\ns.settimeout(2)\ns.sendto(b"hello",("10.77.0.1",9688))\ntry: print(len(s.recv(65536)))\nexcept socket.timeout: print("nothing")',
    ]);
  assert.equal(silent.stdout, "nothing\n");
  assert.ok(readFileSync(HELLO, "utf8").split("\n").length < 20);
});
