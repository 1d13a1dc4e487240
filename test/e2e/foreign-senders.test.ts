import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { startCapture } from "./capture.ts";
import type { Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { runStreamerd, startStreamerd } from "./streamerd.ts";
import type { Daemon } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "tcpdump", "ffmpeg", "curl");
const GROUP = "239.255.40.4";
const NAMED = ["--set", `channels.main.group=${GROUP}`];

/** How often its log says something that fits. */
function countLog({ running }: Daemon, fits: RegExp): number {
  return running
    .stderr()
    .split("\n")
    .filter((line) => fits.test(line)).length;
}

/** The group of the only channel when nobody else is there. All hosts of a test have the same machine id, as clones of one machine do. */
async function derivedGroup(host: Host): Promise<string> {
  const { stdout } = await runStreamerd(host, ["--check-config"]);
  return /main ([\d.]+):/.exec(stdout)?.[1] ?? "";
}

async function playFor(daemon: Daemon, ms: number): Promise<void> {
  const { uptimeMs } = await daemon.status();
  await waitFor(`${ms} ms`, async () => (await daemon.status()).uptimeMs >= uptimeMs + ms);
}

for (const snooping of [false, true]) {
  const where = snooping ? "behind a switch with IGMP snooping" : "behind a switch that floods";
  test(`two daemons with the same named group each warn once, and neither has a gap, ${where}`, { skip }, async (context) => {
    const folder = temporaryFolder(context);
    const film = makeFilm(join(folder, "film.mp4"), 30);
    const lan = await createLan(context, ["one", "two", "rx"], { snooping });
    const capture = await startCapture(lan, lan.host("rx"), join(folder, "capture.pcap"));
    if (snooping) await holdMembership(lan.host("rx"), folder);
    const one = await startStreamerd(context, lan.host("one"), [...NAMED, film]);
    assert.deepEqual((await one.channel()).warnings, []);
    const two = await startStreamerd(context, lan.host("two"), [...NAMED, film]);
    await waitFor("both to warn", async () => (await one.channel()).warnings.length === 1 && (await two.channel()).warnings.length === 1);
    assert.match((await two.channel()).warnings[0] ?? "", /^another host also sends to 239\.255\.40\.4: .*channels\.main\.group/);
    assert.deepEqual((await one.channel()).foreignSenders, [lan.host("two").address]);
    assert.match((await one.streamctl("status")).stdout, /main: +warning: another host also sends/);
    await playFor(two, 3000);
    assert.deepEqual(
      [one, two].map((daemon) => countLog(daemon, /also sends to/)),
      [1, 1],
    );
    assert.match(one.running.stderr(), /10\.77\.0\.2 also sends to 239\.255\.40\.4/);
    await two.stop();
    await waitFor("the warning to go", async () => (await one.channel()).warnings.length === 0);
    const reports = analyseRtp(await capture.stop());
    assert.equal(reports.length, 4);
    for (const { lost, reordered, hasTimeGoneBack } of reports)
      assert.deepEqual({ lost, reordered, hasTimeGoneBack }, { lost: 0, reordered: 0, hasTimeGoneBack: false });
  });

  test(`the second of two clones moves its derived group on, and says so everywhere, ${where}`, { skip }, async (context) => {
    const folder = temporaryFolder(context);
    const lan = await createLan(context, ["one", "two"], { snooping });
    const film = makeFilm(join(folder, "film.mp4"), 10);
    const first = await startStreamerd(context, lan.host("one"), [film]);
    const capture = await startCapture(lan, lan.host("two"), join(folder, "capture.pcap"));
    const second = await startStreamerd(context, lan.host("two"), [film]);
    const before = (await first.channel()).group;
    const after = (await second.channel()).group;
    assert.equal(before, await derivedGroup(lan.host("one")));
    assert.notEqual(after, before);
    assert.equal(countLog(second, /10\.77\.0\.1 sends to .* already; using .* instead/), 1);
    assert.deepEqual((await second.channel()).warnings, []);
    assert.match(second.running.stdout(), new RegExp(`^streamerd ready: main playing ${after}:5004$`, "m"));
    assert.doesNotMatch(second.running.stdout(), new RegExp(before));
    const sdp = await lan.host("one").output("curl", ["-sf", `http://${lan.host("two").address}:9680/main.sdp`]);
    assert.match(sdp, new RegExp(`^c=IN IP4 ${after}/1`, "m"));
    await playFor(second, 1000);
    const ours = (await capture.stop()).filter(({ source }) => source === "10.77.0.2");
    const media = ours.filter(({ destinationPort }) => destinationPort >= 5004 && destinationPort <= 5007);
    assert.deepEqual([...new Set(media.map(({ destination }) => destination))], [after], "from the first packet on");
    const announcements = ours.filter(({ destinationPort }) => destinationPort === 9875);
    assert.ok(announcements.length > 0);
    for (const { payload } of announcements) assert.match(Buffer.from(payload).toString("latin1"), new RegExp(`c=IN IP4 ${after}/1`));
  });
}

/** A player that stays: the switch forwards the group to it from now on. */
async function holdMembership(host: Host, folder: string): Promise<void> {
  const sdp = join(folder, "hold.sdp");
  writeFileSync(sdp, `v=0\no=- 1 1 IN IP4 ${host.address}\ns=-\nc=IN IP4 ${GROUP}/1\nt=0 0\nm=video 5004 RTP/AVP 26\n`);
  host.spawn("ffmpeg", ["-v", "error", "-nostdin", "-protocol_whitelist", "file,udp,rtp", "-i", sdp, "-f", "null", "-"]);
  await waitFor("its membership", async () => (await host.output("ip", ["maddr", "show", "dev", "eth0"])).includes(GROUP));
}

/** RTP of somebody else, without anything of ours in it. */
async function startStranger(context: TestContext, host: Host, group: string): Promise<void> {
  const folder = temporaryFolder(context);
  const input = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x176:rate=25"];
  const output = ["-c:v", "mjpeg", "-huffman", "default", "-force_duplicated_matrix", "1", "-pix_fmt", "yuvj420p", "-f", "rtp"];
  const url = `rtp://${group}:5004?ttl=1`;
  host.spawn("ffmpeg", ["-v", "error", "-nostdin", ...input, ...output, "-sdp_file", join(folder, "s.sdp"), url]);
  await waitFor(
    "its first packets",
    async () => Number((await host.output("cat", ["/sys/class/net/eth0/statistics/tx_packets"])).trim()) > 60,
  );
}

test("a derived group on which ffmpeg sends already is left to it", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "stranger"], { snooping: true });
  const group = await derivedGroup(lan.host("tx"));
  await startStranger(context, lan.host("stranger"), group);
  const daemon = await startStreamerd(context, lan.host("tx"), []);
  assert.notEqual((await daemon.channel()).group, group);
  assert.equal(countLog(daemon, /10\.77\.0\.2 sends to .* already/), 1);
});

test("a stranger without RTCP that begins later is noticed", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "stranger"]);
  const daemon = await startStreamerd(context, lan.host("tx"), NAMED);
  // What ffmpeg reports does not get through; its RTP does.
  await lan.host("tx").dropIncoming(5005, 100);
  await startStranger(context, lan.host("stranger"), GROUP);
  await waitFor("the warning", async () => (await daemon.channel()).warnings.length === 1);
  assert.deepEqual((await daemon.channel()).foreignSenders, ["10.77.0.2"]);
});

test("receivers that report to the group are nobody to give way to", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx"]);
  const group = await derivedGroup(lan.host("tx"));
  // An empty receiver report with its SSRC (RFC 3550, 6.4.2), to the port of reports and to that of RTP.
  const send = ["5005", "5004"].map((port) => `printf '\\x80\\xc9\\x00\\x01\\x12\\x34\\x56\\x78' >/dev/udp/${group}/${port}`);
  lan.host("rx").spawn("bash", ["-c", `while sleep 0.02; do ${send.join("; ")}; done`]);
  const daemon = await startStreamerd(context, lan.host("tx"), []);
  assert.equal((await daemon.channel()).group, group);
  await playFor(daemon, 2000);
  assert.deepEqual((await daemon.channel()).warnings, []);
});

test("a flood of reports and noise on its ports leaves a channel without a gap", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx", "rx"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [...NAMED, makeFilm(join(folder, "film.mp4"), 10)]);
  const capture = await startCapture(lan, lan.host("tx"), join(folder, "capture.pcap"), { packetBytes: 100 });
  const flooder = await lan.host("rx").exec("python3", ["-c", FLOOD, GROUP]);
  assert.equal(flooder.status, 0, flooder.stderr);
  context.diagnostic(`${flooder.stdout.trim()} datagrams, ${JSON.stringify((await daemon.status()).resources)}`);
  assert.equal((await daemon.channel()).state, "playing");
  const ours = (await capture.stop()).filter(({ source }) => source === "10.77.0.1");
  const reports = analyseRtp(ours);
  assert.equal(reports.length, 2);
  for (const { lost, reordered } of reports) assert.deepEqual({ lost, reordered }, { lost: 0, reordered: 0 });
  assert.ok(countLog(daemon, /also sends to/) <= 1);
});

/** Sender reports of ever new sources, and noise, for twelve seconds: a look at the ports of RTP is among them. */
const FLOOD = `
import os, random, socket, struct, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sent = 0
end = time.monotonic() + 12
while time.monotonic() < end:
    for n in range(100):
        report = struct.pack("!BBHIIIIII", 0x80, 200, 6, random.getrandbits(32), 1, 0, 0, 1, 1)
        for port, data in ((5005, report), (5007, report), (5004, b"\\x80\\x1a" + os.urandom(30)), (5006, os.urandom(40))):
            try:
                s.sendto(data, (sys.argv[1], port))
                sent += 1
            except OSError:
                time.sleep(0.001)
print(sent)
`;

test("the machine id decides: another one gives another group, the same one the same", { skip }, async (context) => {
  const folder = temporaryFolder(context);
  const lan = await createLan(context, ["tx"]);
  const groupWith = async (id: string): Promise<string> => {
    const file = join(folder, id);
    writeFileSync(file, `${id}\n`);
    // `ip netns exec` gives every command mounts of its own.
    const script = 'mount --bind "$0" /etc/machine-id && exec "$@"';
    const checked = await lan
      .host("tx")
      .output("sh", ["-c", script, file, join(import.meta.dirname, "../../bin/streamerd"), "--check-config"]);
    return /main ([\d.]+):/.exec(checked)?.[1] ?? checked;
  };
  const [one, other] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"] as const;
  assert.equal(await groupWith(one), await groupWith(one));
  assert.notEqual(await groupWith(one), await groupWith(other));
});
