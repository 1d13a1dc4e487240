import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Finished, Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor, within } from "./wait.ts";

const skip = lacks("ip", "nft", "ffmpeg", "curl");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const NETCOND = join(import.meta.dirname, "../../bench/netcond.sh");
const HOST = ["--host", "10.77.0.1"];
const RATE = 44_100;

/** What is refused ends by itself, and not when the daemon closes the connection of a client that was silent for half a minute. */
const refused = (host: Host, ...words: readonly string[]): Promise<Finished> =>
  within("the end of a command that is refused", host.exec(STREAMCTL, [...HOST, ...words]), 15_000);

const durationOf = (path: string): number =>
  Number(execFileSync("ffprobe", ["-v", "fatal", "-show_entries", "format=duration", "-of", "csv=p=0", path], { encoding: "utf8" }));

test(
  "record: Matroska and WAV of exact length while packets are lost, zeros where they are missing; Ctrl-C closes",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const lan = await createLan(context, ["tx", "rx1"]);
    // The test film has a sound that is loud for a tenth of each second: the film of the tests is never silent.
    await startStreamerd(context, lan.host("tx"), [testMedia(context, folder)]);
    const rx = lan.host("rx1");
    for (const port of [5004, 5006]) await rx.dropIncoming(port, 5);
    const wav = rx.spawn(STREAMCTL, [...HOST, "--json", "record", join(folder, "film.wav"), "--duration", "6"]);
    const mkv = rx.spawn(STREAMCTL, [...HOST, "record", join(folder, "film.mkv")]);
    assert.equal((await wav.ended).status, 0);
    assert.match(wav.stderr(), /film\.wav: 0:00:06, [\d.]+ MB/);
    const [joined, ended, ...others] = wav
      .stdout()
      .trimEnd()
      .split("\n")
      .map((text): unknown => JSON.parse(text));
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(joined, {
      event: "joined",
      channel: "main",
      transport: "multicast",
      ports: { video: 5004, audio: 5006 },
    });
    const file = join(folder, "film.wav");
    assert.partialDeepStrictEqual(ended, { event: "ended", reason: null, file, files: [file], bytes: statSync(file).size, pictures: 0 });
    const { repaired, lost, expected, durationMs } = ended as Readonly<Record<"repaired" | "lost" | "expected" | "durationMs", number>>;
    assert.ok(repaired > 0 && lost < repaired && expected > 6 * 130, JSON.stringify(ended));
    assert.ok(Math.abs(durationMs - 6000) < 20, String(durationMs));
    const stopped = await mkv.stop();
    assert.equal(stopped.status, 0);
    const line = /film\.mkv: 0:00:\d\d, (\d+) pictures, [\d.]+ MB/.exec(mkv.stderr());
    assert.ok(line !== null, mkv.stderr());
    // A picture with a hole is not recorded: with 5 % of about 15 packets each, half of them.
    const pictures = Number(line[1]);
    assert.ok(pictures > 30 && pictures < 24 * 7.5, `${pictures} pictures`);
    const blocks = readFileSync(join(folder, "film.wav")).length - 80;
    assert.equal(blocks % (320 * 4), 0);
    assert.ok(Math.abs(blocks / 4 / RATE - 6) < 0.02, `${blocks / 4 / RATE} s`);
    const again = await refused(rx, "record", join(folder, "film.wav"));
    assert.equal(again.status, 1);
    assert.match(again.stderr, /film\.wav is there already: choose another name, or --force to write over it/);
    const wrong = await rx.exec(STREAMCTL, [...HOST, "record", "film.avi"]);
    assert.match(wrong.stderr, /^streamctl: film\.avi: a recording is an \.mkv/);
  },
);

test("record goes on when the daemon was away: the gap is silence, and the length is true", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx", "rx1"]);
  const film = testMedia(context, folder);
  const first = await startStreamerd(context, lan.host("tx"), [film]);
  const startMs = performance.now();
  const record = lan.host("rx1").spawn(STREAMCTL, [...HOST, "record", join(folder, "film.mkv")]);
  await record.waitForLine(/first picture/);
  await waitFor("three seconds", () => performance.now() - startMs > 3000);
  await first.stop();
  await startStreamerd(context, lan.host("tx"), [film]);
  await waitFor("the recording to go on", () => performance.now() - startMs > 9000);
  const seconds = (performance.now() - startMs) / 1000;
  await record.stop();
  const recorded = durationOf(join(folder, "film.mkv"));
  assert.ok(recorded > seconds - 2.5 && recorded < seconds + 0.5, `${recorded} s recorded in ${seconds} s`);
});

test("record - is read by ffmpeg while it goes on, and ends with its reader", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
  const read = "ffmpeg -v error -i - -map 0 -frames:v 40 -c copy -f framecrc -";
  const { status, stdout, stderr } = await lan
    .host("rx1")
    .exec("bash", ["-c", `set -o pipefail; '${STREAMCTL}' ${HOST.join(" ")} record - | ${read}`]);
  assert.equal(status, 0, stderr);
  const packets = stdout.split("\n").filter((line) => /^\d,/.test(line));
  assert.equal(packets.filter((line) => line.startsWith("0,")).length, 40);
  assert.ok(packets.filter((line) => line.startsWith("1,")).length > 100);
  assert.match(stderr, /streamctl: standard output: 0:00:0\d, \d+ pictures/);
});

test("watch: the page is served to this host alone, and to others by a link that is good once", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1", "rx2"]);
  await startStreamerd(context, lan.host("tx"), ["--set", "channels.main.source=null"]);
  const rx = lan.host("rx1");
  const own = rx.spawn(STREAMCTL, [...HOST, "watch"]);
  const line = await own.waitForLine(/RECEIVING VIDEO: http:\/\/127\.0\.0\.1:\d+\//);
  const page = await rx.output("curl", ["-sf", /http:\S+/.exec(line)?.[0] ?? ""]);
  assert.match(page, /<title>RECEIVING VIDEO<\/title>/);
  await own.stop();
  const open = rx.spawn(STREAMCTL, [...HOST, "watch", "--listen", "0.0.0.0:8090"]);
  const link = /http:\S+/.exec(await open.waitForLine(/RECEIVING VIDEO: http:\/\/10\.77\.0\.2:8090\/enter\//))?.[0] ?? "";
  const status = (url: string): Promise<string> => lan.host("rx2").output("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", url]);
  assert.equal(await status("http://10.77.0.2:8090/"), "403");
  assert.equal(await status(link), "200");
  assert.equal(await status(link), "403");
  await open.stop();
  const taken = await refused(rx, "watch", "--listen", "10.77.0.3:8090");
  assert.match(taken.stderr, /the viewer cannot listen on 10\.77\.0\.3:8090 .*: give an address of this host/);
});

test(
  "play without a sound device: one line says so, and the page goes on; with --no-video nothing is left, and it ends",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1"]);
    await startStreamerd(context, lan.host("tx"), ["--set", "channels.main.source=null"]);
    const play = lan.host("rx1").spawn(STREAMCTL, [...HOST, "play"]);
    await play.waitForLine(/no sound: /);
    await play.waitForLine(/RECEIVING VIDEO: http/);
    await play.waitForLine(/first picture/);
    assert.equal(play.stderr().match(/no sound:/g)?.length, 1, play.stderr());
    assert.equal((await play.stop()).status, 0, play.stderr());
    const soundOnly = lan.host("rx1").spawn(STREAMCTL, [...HOST, "play", "--no-video"]);
    assert.equal((await soundOnly.ended).status, 1);
    assert.match(soundOnly.stderr(), /no sound: .*\n(.*\n)*streamctl: with --no-video there is nothing left to play/);
    assert.ok(!soundOnly.stderr().includes("RECEIVING VIDEO"));
  },
);

test("measure: a narrow line loses sound over UDP and delays it over TCP; files, summary and report", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const clip = join(folder, "clip.wav");
  const tone = "aevalsrc=exprs='0.3*sin(2*PI*(300+40*t)*t)*(1+0.5*sin(5*t))+0.05*random(0)':sample_rate=16000:duration=8";
  execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", tone, "-ac", "1", "-c:a", "pcm_s16le", clip]);
  const lan = await createLan(context, ["tx", "rx1"]);
  const [tx, rx] = [lan.host("tx"), lan.host("rx1")];
  const sound = ["audio.sampleRateHz=16000", "audio.channels=1", "audio.reference=true"].flatMap((pair) => [
    "--set",
    `channels.main.${pair}`,
  ]);
  const out = join(folder, "measured");
  const measure = async (rate: string, over: string, reference: string) => {
    const finished = await rx.exec(STREAMCTL, [
      ...HOST,
      "--json",
      "measure",
      "--rate",
      rate,
      "--over",
      over,
      "--out",
      out,
      "--duration",
      "5",
      "--reference",
      reference,
    ]);
    assert.equal(finished.status, 0, finished.stderr);
    return JSON.parse(finished.stdout) as {
      readonly packets: { readonly lost: number };
      readonly quality: { readonly psnrDb: number | null } | null;
      readonly delay: { readonly p99Ms: number };
    };
  };
  const udp = await startStreamerd(context, tx, [...sound, clip]);
  const wide = await measure("5000", "udp", "http://10.77.0.1:9680/main.wav");
  assert.deepEqual([wide.packets.lost, wide.quality?.psnrDb], [0, null]);
  await tx.output(NETCOND, ["eth0", "rate", "220kbit"]);
  const narrow = await measure("220", "udp", clip);
  assert.ok(narrow.packets.lost > 10);
  assert.ok((narrow.quality?.psnrDb ?? 100) < 40);
  await tx.output(NETCOND, ["eth0", "clear"]);
  await udp.stop();
  await startStreamerd(context, tx, [...sound, "--set", "channels.main.interfaces=127.0.0.1", clip]);
  await tx.output(NETCOND, ["eth0", "rate", "220kbit"]);
  const late = await measure("220", "tcp", clip);
  assert.deepEqual([late.packets.lost, late.quality?.psnrDb], [0, null]);
  assert.ok(late.delay.p99Ms > wide.delay.p99Ms);
  assert.deepEqual(
    readdirSync(out).toSorted(),
    ["rate220_tcp", "rate220_udp", "rate5000_udp"]
      .flatMap((name) => ["csv", "json", "wav"].map((kind) => `${name}.${kind}`))
      .concat("report.html")
      .toSorted(),
  );
  const report = readFileSync(join(out, "report.html"), "utf8");
  assert.ok(!/(src|href)=|<script/.test(report));
  assert.match(report, /rate220_udp/);
});

test("netcond.sh tells what it cannot do, in one line", { skip }, async (context) => {
  const lan = await createLan(context, ["tx"]);
  const tx = lan.host("tx");
  const gone = await tx.exec(NETCOND, ["eth9", "rate", "1mbit"]);
  assert.match(gone.stderr, /^netcond: there is no interface eth9; there is eth0 lo *\n$/);
  assert.equal(gone.status, 1);
  await tx.output(NETCOND, ["eth0", "rate", "512kbit", "--htb"]);
  await tx.output(NETCOND, ["eth0", "rate", "512kbit"]);
  assert.match(await tx.output(NETCOND, ["eth0", "show"]), /tbf .*rate 512Kbit/);
  const lossy = await tx.exec(NETCOND, ["eth0", "loss", "1%"]);
  if (lossy.status !== 0) assert.match(lossy.stderr, /this kernel has no netem .* --without-netem/);
  await tx.output(NETCOND, ["eth0", "clear"]);
});
