/** Channels that are encrypted: for who has a pass, and for nobody else. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { ReceptionReport } from "../../receiver/media.ts";
import type { Finished, Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { losePackets } from "./lossy-line.ts";
import { temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { startPulse } from "./pulse.ts";
import { reportsOf } from "./reports.ts";
import type { Running } from "./running.ts";
import { startStreamerd, type Daemon } from "./streamerd.ts";
import { waitFor, within } from "./wait.ts";

const skip = lacks("ip", "nft", "ffmpeg", "gst-launch-1.0");
const skipSound = lacks("ip", "pulseaudio", "pactl", "parecord");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const HOST = "10.77.0.1";
const ENCRYPTED = ["--set", "channels.main.access=pass"];
const JPEG_START = 0xffd8;

/** A pass for each of so many, with the words behind it. */
async function passesOf(daemon: Daemon, count: number, ...words: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await daemon.streamctl("--json", "pass", "create", "--count", String(count), ...words);
  assert.equal(stderr, "");
  return (JSON.parse(stdout) as readonly { readonly pass: string }[]).map(({ pass }) => pass);
}

function stats(host: Host, pass: string, ...words: readonly string[]): Running {
  return host.spawn(STREAMCTL, ["--host", HOST, "--json", "stats", "--pass", pass, ...words]);
}

/** What is refused ends by itself. */
function refused(host: Host, ...words: readonly string[]): Promise<Finished> {
  return within("the end of a command that is refused", host.exec(STREAMCTL, ["--host", HOST, ...words]), 15_000);
}

async function waitForReports(receiving: Running, count: number): Promise<readonly ReceptionReport[]> {
  const before = reportsOf(receiving).length;
  await waitFor(`${count} reports: ${receiving.stderr()}`, () => reportsOf(receiving).length >= before + count, 40_000);
  return reportsOf(receiving).slice(before);
}

const mean = (reports: readonly ReceptionReport[]): number => reports.reduce((sum, { fps }) => sum + fps, 0) / reports.length;

/** Shown, dropped, and how much of the sound was replaced, percent. */
async function endOf(receiving: Running): Promise<readonly [shown: number, dropped: number, replaced: number]> {
  await receiving.stop("SIGINT");
  const [, shown, dropped, replaced] =
    /in all (\d+) pictures shown, (\d+) dropped, .*; ([\d.]+) % of the sound/.exec(receiving.stderr()) ?? [];
  return [Number(shown), Number(dropped), Number(replaced)];
}

test(
  "with a pass everything is seen and heard, at 5 % loss and over TCP as well; without one nothing, and the page says what is wanted",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1", "rx2"]);
    await losePackets(lan.host("rx1"), 5);
    const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context)), ...ENCRYPTED]);
    const [first = "", second = ""] = await passesOf(daemon, 2, "--for", "1h", "--name", "hall");
    const lossy = stats(lan.host("rx1"), first);
    const overTcp = stats(lan.host("rx2"), second.toLowerCase().replaceAll("-", " "), "--transport", "tcp");
    await Promise.all([waitForReports(lossy, 6), waitForReports(overTcp, 6)]);
    for (const receiving of [lossy, overTcp]) assert.ok(mean(reportsOf(receiving).slice(2)) > 23, JSON.stringify(reportsOf(receiving)));
    const { stdout: listed } = await daemon.streamctl("pass", "list");
    assert.match(listed, /hall +all +\d{4}-\d\d-\d\d \d\d:\d\d +1 of 1 +10\.77\.0\.2\n.*1 of 1 +10\.77\.0\.3\n/);
    const [shown, dropped] = await endOf(lossy);
    assert.ok(dropped < 0.02 * shown, `${dropped} of ${shown} dropped`);
    await overTcp.stop("SIGINT");

    const without = await refused(lan.host("rx2"), "stats");
    assert.deepEqual(
      [without.status, without.stderr],
      [1, "streamctl: main is for who has a pass: give it with --pass, or ask its operator for one\n"],
    );
    const wrong = await refused(lan.host("rx2"), "record", "--pass", `${first.slice(0, -5)}00000`, "/tmp/never-written.mkv");
    assert.match(wrong.stderr, /^streamctl: the pass .{5}-… is not good here: it is mistyped, or was revoked\n$/);
    const found = await lan.host("rx2").exec(STREAMCTL, ["discover", "--seconds", "12"]);
    assert.match(found.stdout, /^main .* 10\.77\.0\.1:9688 \(for who has a pass\)$/m);
    const page = await lan.host("rx2").output("curl", ["-s", `http://${HOST}:9680/`]);
    assert.match(page, /It is encrypted, for who has a pass/);
    assert.doesNotMatch(page, /\.sdp/);
    assert.match(await lan.host("rx2").output("curl", ["-s", `http://${HOST}:9680/main.sdp`]), /^main is encrypted, for who has a pass: /);
    const reading = await lan.host("rx2").output("python3", ["-c", READ_PACKETS, (await daemon.channel()).group, "5004"]);
    const begins = reading.trim().split("\n");
    assert.equal(begins.length, 100);
    assert.ok(new Set(begins).size > 95, `what follows the headers of 100 first packets: ${begins.join(" ")}`);
  },
);

/** The first bytes behind the RTP header of 100 packets: those of RFC 2435 would be the same in most of them. */
const READ_PACKETS = `
import socket, struct, sys
group, port = sys.argv[1], int(sys.argv[2])
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((group, port))
udp.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton("0.0.0.0"))
for _ in range(100):
    print(udp.recv(65536)[12:20].hex())
`;

test("with a pass the loudspeaker plays the beeps of the test film, and silence between them", { skip: skipSound }, async (context) => {
  const folder = temporaryFolder(context);
  const { env, isPlaying, listen } = await startPulse(context, folder);
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), ENCRYPTED);
  const [pass = ""] = await passesOf(daemon, 1);
  const player = lan.host("rx1").spawn(STREAMCTL, ["--host", HOST, "play", "--no-video", "--pass", pass], { env });
  context.after(async () => void (await player.stop()));
  await waitFor("the loudspeaker", isPlaying);
  const room = listen("output");
  await waitFor("four seconds", () => room.samples().length >= 4 * 44_100);
  const tenths = Array.from({ length: 40 }, (_, tenth) => room.samples().subarray(tenth * 4410, (tenth + 1) * 4410));
  const loud = tenths.filter((samples) => samples.some((sample) => Math.abs(sample) > 0.05)).length;
  assert.ok(loud >= 4 && loud <= 12, `loud in ${loud} of 40 tenths of a second`);
});

test("a player that knows SRTP shows it: ffmpeg by the description with the key, GStreamer with its parts", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context)), ...ENCRYPTED]);
  const [pass = ""] = await passesOf(daemon, 1, "main");
  const rx = lan.host("rx1");
  const folder = temporaryFolder(context);
  const joined = JSON.parse((await rx.exec(STREAMCTL, ["--host", HOST, "--json", "sdp", "main", "--pass", pass])).stdout) as {
    readonly sdp: string;
  };
  const sdpFile = join(folder, "main.sdp");
  writeFileSync(sdpFile, joined.sdp);

  const input = ["-protocol_whitelist", "file,udp,rtp,srtp,crypto", "-i", sdpFile];
  const pictures = ["-map", "0:v", "-t", "3", "-c:v", "copy", join(folder, "ffmpeg-%d.jpg")];
  await within("ffmpeg", rx.exec("ffmpeg", ["-v", "error", "-nostdin", ...input, ...pictures]), 30_000);

  const caps = [
    "application/x-srtp,media=video,encoding-name=JPEG,clock-rate=90000,payload=26",
    `ssrc=(uint)${await ssrcOf(rx, pass)}`,
    `srtp-key=(buffer)${Buffer.from(/inline:(\S+)/.exec(joined.sdp)?.[1] ?? "", "base64").toString("hex")}`,
    "srtp-cipher=aes-128-icm,srtp-auth=hmac-sha1-80,srtcp-cipher=aes-128-icm,srtcp-auth=hmac-sha1-80,roc=(uint)0",
  ].join(",");
  const { group } = await daemon.channel();
  const source = ["udpsrc", `address=${group}`, "port=5004", "auto-multicast=true", "num-buffers=600", `caps=${caps}`];
  const line = [...source, "!", "srtpdec", "!", "rtpjpegdepay", "!", "multifilesink", `location=${folder}/gstreamer-%d.jpg`];
  await within("GStreamer", rx.exec("gst-launch-1.0", ["-q", ...line]), 30_000);

  for (const player of ["ffmpeg", "gstreamer"]) {
    const files = readdirSync(folder).filter((name) => name.startsWith(`${player}-`));
    assert.ok(files.length > 25, `${files.length} pictures by ${player}`);
    for (const name of files) assert.equal(readFileSync(join(folder, name)).readUInt16BE(0), JPEG_START);
  }
});

/** Of the picture. */
async function ssrcOf(host: Host, pass: string): Promise<number> {
  const joining = host.spawn(STREAMCTL, ["--host", HOST, "--json", "join", "--pass", pass]);
  const joined = JSON.parse(await joining.waitForLine(/^\{/)) as { readonly ssrc: { readonly video: number } };
  await joining.stop("SIGINT");
  return joined.ssrc.video;
}

test(
  "a pass that is revoked shuts its host out within seconds, and others go on without a gap; a pass is for as many hosts as it says",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1", "rx2"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context)), ...ENCRYPTED]);
    const [ending = "", staying = ""] = await passesOf(daemon, 2);
    const [out, on] = [stats(lan.host("rx1"), ending), stats(lan.host("rx2"), staying)];
    await Promise.all([waitForReports(out, 3), waitForReports(on, 3)]);
    const busy = await refused(lan.host("rx2"), "stats", "--pass", ending);
    assert.match(busy.stderr, /is good for one host at a time, and in use/);
    assert.match((await daemon.streamctl("pass", "revoke", ending)).stdout, /^revoked: .{5}\n$/);
    await out.waitForLine(/is not good here: it is mistyped, or was revoked; trying again/);
    await waitForReports(on, 7);
    const [[shownOut], [shownOn, dropped, replaced]] = await Promise.all([endOf(out), endOf(on)]);
    assert.deepEqual([dropped, replaced], [0, 0]);
    // It had three seconds from the end of the pass on, of more than seven.
    assert.ok(shownOut < shownOn - 3 * 24, `${shownOut} and ${shownOn} pictures`);
  },
);

test("the daemon's own recording, and a relay with a pass in its URL, are let in; passes outlast a restart", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const folder = temporaryFolder(context);
  const film = testMedia(context, temporaryFolder(context));
  const played = ["--set", `channels.main.source=${film}`, ...ENCRYPTED];
  const options = ["--set", `channels.main.record.dir=${folder}`];
  const daemon = await startStreamerd(context, lan.host("tx"), [...played, ...options]);
  await waitFor("a recording", () => readdirSync(folder).some((name) => name.endsWith(".mkv")), 30_000);
  const [pass = ""] = await passesOf(daemon, 1);
  const relay = await startStreamerd(context, lan.host("rx1"), ["--set", `channels.main.source=streamerd://${pass}@${HOST}/main`]);
  await waitFor("the relay", async () => (await relay.channel()).state === "playing");
  const shown = JSON.stringify(await relay.channel());
  assert.ok(!shown.includes(pass.slice(-11)), shown);
  assert.equal((await relay.channel()).source, `streamerd://${HOST}/main`);
  await daemon.stop();
  await waitFor("the slate", async () => (await relay.channel()).state === "no-signal");
  const again = ["--set", `state.dir=${dirname(daemon.socket)}/state`, "--set", `control.socket=${daemon.socket}`];
  await startStreamerd(context, lan.host("tx"), [...played, ...again]);
  await waitFor("the relay again", async () => (await relay.channel()).state === "playing", 40_000);
});
