import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { ReceptionReport } from "../../receiver/media.ts";
import type { Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { reportsOf } from "./reports.ts";
import type { Running } from "./running.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "nft");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const HOST = "10.77.0.1";
const CHANNELS = ["--set", "channels.lobby.source=null", "--set", "channels.hall.source=null"];

const stats = (host: Host, ...words: readonly string[]): Running => host.spawn(STREAMCTL, ["--host", HOST, "--json", "stats", ...words]);

/** Reports that come from now on, once there are so many. */
async function nextReports(running: Running, count: number): Promise<readonly ReceptionReport[]> {
  const before = reportsOf(running).length;
  return waitFor(
    `${count} reports`,
    () => (reportsOf(running).length >= before + count ? reportsOf(running).slice(before) : false),
    40_000,
  );
}

test("two hosts join, receive every picture and say so; the operator sees both", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1", "rx2"], { snooping: true });
  const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
  const hall = stats(lan.host("rx1"), "--name", "hall");
  const cellar = stats(lan.host("rx2"), "--name", "cellar");
  await hall.waitForLine(/joined main at 10\.77\.0\.1:9688: group 239\.255\.\d+\.\d+:5004 on 10\.77\.0\.2/);
  await hall.waitForLine(/first picture after \d+ ms/);
  await nextReports(hall, 1);
  for (const running of [hall, cellar]) {
    const reports = await nextReports(running, 6);
    assert.ok(
      reports.every(({ lost, late }) => lost === 0 && late === 0),
      JSON.stringify(reports),
    );
    const fps = reports.reduce((sum, report) => sum + report.fps, 0) / reports.length;
    assert.ok(Math.abs(fps - 24) < 0.7, `${fps}`);
    assert.ok(reports.every(({ bufferMs }) => bufferMs > 120 && bufferMs < 220));
  }
  const { stdout } = await daemon.streamctl("clients");
  assert.match(stdout, /10\.77\.0\.2 +hall +main +multicast .* 2[345]\.\d+ +0\/\d+/);
  assert.match(stdout, /10\.77\.0\.3 +cellar +main +multicast /);
  const ended = await hall.stop();
  assert.equal(ended.status, 0);
  await waitFor("one client to be left", async () => (await daemon.channel()).clients === 1);
});

test("nobody is named: the channel is found by what is announced, and several are listed", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), CHANNELS);
  const found = lan.host("rx1").spawn(STREAMCTL, ["stats", "lobby"]);
  await found.waitForLine(/joined lobby at 10\.77\.0\.1:9688/);
  await found.stop();
  // A firewall that lets no TCP through: what is announced is enough.
  await lan.host("rx1").output("nft", ["-f", "-"], {
    input: "add table ip wall\nadd chain ip wall out { type filter hook output priority 0; }\nadd rule ip wall out tcp dport 9688 reject\n",
  });
  const walled = lan.host("rx1").spawn(STREAMCTL, ["--json", "stats", "hall"]);
  await walled.waitForLine(/10\.77\.0\.1:9688 cannot be reached: receiving by what is announced/);
  await waitFor("its pictures", () => (reportsOf(walled).at(-1)?.fps ?? 0) > 23);
  assert.ok(reportsOf(walled).every(({ lost }) => lost === 0));
  // Another group and another port: the announcements are all that tells it.
  await daemon.stop();
  const moved = await startStreamerd(context, lan.host("tx"), [
    ...CHANNELS,
    "--set",
    "channels.hall.group=239.255.7.7",
    "--set",
    "channels.hall.port=6004",
  ]);
  await walled.waitForLine(/hall is announced with the group 239\.255\.7\.7:6004 now: going on there/, 30_000);
  await walled.waitForLine(/joined hall at 10\.77\.0\.1:9688: group 239\.255\.7\.7:6004 /);
  await waitFor("pictures from there", () => (reportsOf(walled).at(-1)?.fps ?? 0) > 23, 30_000);
  await walled.stop();
  await lan.host("rx1").output("nft", ["delete", "table", "ip", "wall"]);
  const list = await lan.host("rx1").exec(STREAMCTL, ["stats"]);
  assert.equal(list.status, 2);
  assert.match(
    list.stderr,
    /which channel\? there are (hall|lobby), (hall|lobby)\n|there are several channels; name one:\n.*--host 10\.77\.0\.1 (hall|lobby)\n/,
  );
  await moved.stop();
});

test("a network that holds multicast back: TCP is taken, with a word of why, and --transport forces one", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1", "rx2"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
  for (const port of [5004, 5005, 5006, 5007]) await lan.host("rx1").dropIncoming(port, 100);
  const auto = stats(lan.host("rx1"), "--name", "behind");
  await auto.waitForLine(/nothing comes from the group 239\.255\.\d+\.\d+, though main is playing: taking TCP/);
  await auto.waitForLine(/joined main at 10\.77\.0\.1:9688 over TCP/);
  await nextReports(auto, 1);
  const reports = await nextReports(auto, 4);
  assert.ok(
    reports.every(({ lost, fps }) => lost === 0 && fps > 22),
    JSON.stringify(reports),
  );
  assert.match((await daemon.streamctl("clients")).stdout, /behind +main +tcp /);
  const forced = stats(lan.host("rx2"), "--transport", "tcp");
  await forced.waitForLine(/over TCP/);
  const onlyMulticast = stats(lan.host("rx1"), "--transport", "multicast");
  await onlyMulticast.waitForLine(/nothing comes from the group/);
  assert.ok(!onlyMulticast.stderr().includes("over TCP"));
  // The network lets it through again: TCP is left where it was taken for want of the group, and nobody sees when.
  for (const port of [5004, 5005, 5006, 5007]) await lan.host("rx1").dropIncoming(port, 0);
  const before = reportsOf(auto).length;
  await auto.waitForLine(/the group 239\.255\.\d+\.\d+ is heard on 10\.77\.0\.2: leaving TCP/, 60_000);
  await waitFor("its being a member", async () => /behind +main +multicast /.test((await daemon.streamctl("clients")).stdout));
  await nextReports(auto, 2);
  const across = reportsOf(auto).slice(before);
  assert.ok(
    across.every(({ lost }) => lost === 0),
    JSON.stringify(across),
  );
  assert.ok(!forced.stderr().includes("leaving TCP"));
  await Promise.all([auto.stop(), forced.stop(), onlyMulticast.stop()]);
});

test("the daemon dies and comes back, over multicast and TCP: each receiver goes on by itself", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1", "rx2"]);
  const film = testMedia(context, temporaryFolder(context));
  const first = await startStreamerd(context, lan.host("tx"), [film]);
  const multicast = stats(lan.host("rx1"));
  const tcp = stats(lan.host("rx2"), "--transport", "tcp");
  await Promise.all([nextReports(multicast, 2), nextReports(tcp, 2)]);
  await first.stop("SIGKILL");
  await Promise.all([multicast.waitForLine(/the host is away; trying again/), tcp.waitForLine(/the host is away; trying again/)]);
  await startStreamerd(context, lan.host("tx"), [film]);
  for (const running of [multicast, tcp]) {
    await waitFor("pictures again", () => (reportsOf(running).at(-1)?.fps ?? 0) > 23, 30_000);
    assert.equal(running.hasEnded(), false);
  }
});

test("a switch that forgets a member is asked again, and a cable that was pulled is no end", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
  const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
  const { group } = await daemon.channel();
  // No querier: nothing but the receiver itself will tell the switch.
  await lan.bridge.output("ip", ["link", "set", "br0", "type", "bridge", "mcast_query_interval", "100000"]);
  const receiver = stats(lan.host("rx1"), "--transport", "multicast");
  await nextReports(receiver, 2);
  await waitFor("the membership", async () => (await lan.memberships()).includes(`rx1 ${group}`));
  await lan.bridge.output("bridge", ["link", "set", "dev", "rx1", "mcast_flood", "off"]);
  await lan.bridge.output("bridge", ["mdb", "del", "dev", "br0", "port", "rx1", "grp", group]);
  await waitFor("the membership again", async () => (await lan.memberships()).includes(`rx1 ${group}`));
  await waitFor("pictures again", () => (reportsOf(receiver).at(-1)?.fps ?? 0) > 23);
  await lan.host("rx1").setLink("down");
  await receiver.waitForLine(/nothing comes from the group|the host is away/);
  await lan.host("rx1").setLink("up");
  await nextReports(receiver, 3);
  await waitFor("pictures after the cable", () => (reportsOf(receiver).at(-1)?.fps ?? 0) > 23, 30_000);
});

test(
  "a host that shows 12 pictures a second slows the daemon down, which recovers when it has gone, each with its reason",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
    await daemon.streamctl("pacing", "set", "main", "--adapt", "worst");
    const events = lan.host("tx").spawn(STREAMCTL, ["--socket", daemon.socket, "events"]);
    const weak = stats(lan.host("rx1"), "--max-fps", "12", "--name", "weak");
    await events.waitForLine(/pacing\.changed +main +(11|12)\.\d+ FPS.*: the slowest host gets 1[12](\.\d)? of 24 frames a second/, 40_000);
    await waitFor("a lower rate", async () => ((await daemon.pacing()).targetFps ?? 24) < 16, 40_000);
    // It tries a little more now and then, and finds that the host still does no more than that.
    await events.waitForLine(/every host keeps up: trying a little more/, 40_000);
    assert.ok(((await daemon.pacing()).targetFps ?? 0) > 11);
    await weak.stop();
    await waitFor("the source's rate", async () => (await daemon.pacing()).targetFps === 24, 60_000);
    await events.stop();
  },
);

test("mistakes are told in one line: a wrong interface, a host that does not answer, a channel of datagrams", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  await startStreamerd(context, lan.host("tx"), ["--set", "channels.main.profile=datagram"]);
  const rx = lan.host("rx1");
  const cases: readonly (readonly [readonly string[], RegExp, number])[] = [
    [["--host", HOST, "stats", "--interface", "wlan9"], /^streamctl: --interface wlan9: this host has lo, eth0\n$/, 1],
    [["--host", "10.77.0.99:9688", "stats"], /^streamctl: cannot connect to 10\.77\.0\.99:9688: .*\n$/, 3],
    [
      ["--host", HOST, "stats"],
      /^streamctl: main is sent as plain datagrams: read it with python3 examples\/receive\.py 239\.255\.\d+\.\d+ 5004\n$/,
      1,
    ],
    [["--host", HOST, "stats", "--latency", "0"], /^streamctl: --latency 0/, 2],
  ];
  for (const [words, message, status] of cases) {
    const finished = await rx.exec(STREAMCTL, words);
    assert.match(finished.stderr, message);
    assert.equal(finished.status, status);
  }
});

test("a switch that was away longer than the session is asked for the group again: nobody takes TCP for it", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
  const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
  const { group } = await daemon.channel();
  const rx = lan.host("rx1");
  // Neither queries nor the kernel's second report tell the switch who is a member.
  await lan.bridge.output("ip", ["link", "set", "br0", "type", "bridge", "mcast_query_interval", "100000"]);
  await rx.output("sysctl", ["-w", "net.ipv4.igmp_qrv=1"]);
  const receiver = stats(rx);
  await receiver.waitForLine(/first picture/);
  await waitFor("the membership", async () => (await lan.memberships()).includes(`rx1 ${group}`));
  await lan.bridge.output("bridge", ["link", "set", "dev", "rx1", "mcast_flood", "off"]);
  // The host keeps its carrier, and so has no reason of its own to report to the network.
  await rx.output("nft", ["-f", "-"], {
    input: ["input", "output"]
      .map((hook) => `add table ip away\nadd chain ip away ${hook} { type filter hook ${hook} priority 0; policy drop; }\n`)
      .join(""),
  });
  await receiver.waitForLine(/the host is away/, 30_000);
  await lan.bridge.output("bridge", ["mdb", "del", "dev", "br0", "port", "rx1", "grp", group]);
  await rx.output("nft", ["delete", "table", "ip", "away"]);
  await waitFor("pictures again", () => (reportsOf(receiver).at(-1)?.fps ?? 0) > 23, 30_000);
  assert.ok(!receiver.stderr().includes("TCP"), receiver.stderr());
});

test(
  "a host that moves from the cable to another interface joins the group there; one that was named is followed by its name",
  { skip },
  async (context) => {
    const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
    await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
    const rx = lan.host("rx1");
    const receiver = stats(rx);
    const bound = stats(rx, "--transport", "multicast", "--interface", "eth0");
    for (const running of [receiver, bound]) await running.waitForLine(/joined main at .* on 10\.77\.0\.2$/);
    await nextReports(receiver, 2);
    await lan.bridge.output("ip", ["link", "add", "wlan0", "netns", rx.namespace, "type", "veth", "peer", "name", "air"]);
    await lan.bridge.output("ip", ["link", "set", "air", "master", "br0", "up"]);
    await rx.output("ip", ["link", "set", "eth0", "down"]);
    await rx.output("ip", ["addr", "flush", "dev", "eth0"]);
    await rx.output("ip", ["addr", "add", "10.77.0.12/24", "dev", "wlan0"]);
    await rx.output("ip", ["link", "set", "wlan0", "up"]);
    await receiver.waitForLine(/joined main at .* on 10\.77\.0\.12$/, 30_000);
    await waitFor("pictures again", () => (reportsOf(receiver).at(-1)?.fps ?? 0) > 23, 30_000);
    assert.ok(!receiver.stderr().includes("TCP"), receiver.stderr());
    // The interface that was named goes, and comes back with another address: its name still holds.
    await bound.waitForLine(/cannot join the group .*: the interface is away, or has no IPv4 address/, 30_000);
    await rx.output("ip", ["addr", "add", "10.77.0.22/24", "dev", "eth0"]);
    await rx.output("ip", ["link", "set", "eth0", "up"]);
    await bound.waitForLine(/joined main at .* on 10\.77\.0\.22$/, 30_000);
    await waitFor("pictures there", () => (reportsOf(bound).at(-1)?.fps ?? 0) > 23, 30_000);
  },
);
