import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeClock } from "../../../control/streamctl/doctor/checks/clock.ts";
import { judgeDaemon } from "../../../control/streamctl/doctor/checks/daemon.ts";
import { judgeDirectory, type DirectoryReading } from "../../../control/streamctl/doctor/checks/directories.ts";
import { judgeInterfaces } from "../../../control/streamctl/doctor/checks/interfaces.ts";
import { judgeMtu } from "../../../control/streamctl/doctor/checks/mtu.ts";
import { judgeListeners, judgeMediaPorts, judgeRepairPort } from "../../../control/streamctl/doctor/checks/ports.ts";
import { judgeQuerier } from "../../../control/streamctl/doctor/checks/querier.ts";
import { judgeReception } from "../../../control/streamctl/doctor/checks/reception.ts";
import { judgeReversePath } from "../../../control/streamctl/doctor/checks/reverse-path.ts";
import { judgeRoutes } from "../../../control/streamctl/doctor/checks/route.ts";
import { judgeReceiveBuffers, judgeSendBuffers } from "../../../control/streamctl/doctor/checks/socket-buffers.ts";
import { judgeTtl } from "../../../control/streamctl/doctor/checks/ttl.ts";
import { judgeCodecs, judgeNode } from "../../../control/streamctl/doctor/checks/versions.ts";
import type { Finding } from "../../../control/streamctl/doctor/finding.ts";
import { failureText, reportText } from "../../../control/streamctl/doctor/report.ts";

/** A name, what was found, how bad it is, and words that the line or its remedy must have. */
type Case = readonly [name: string, found: Finding | undefined, level: Finding["level"], says: RegExp];

const eth0 = { name: "eth0", isUp: true, isMulticast: true, hasCarrier: true, mtu: 1500, index: 2, reversePath: 0 };
const onEth0 = { ok: true, name: "eth0", address: "10.0.0.1" } as const;
const auto = (problem: string) => [{ channel: "main", wanted: "auto", found: { ok: false, problem } }] as const;
const on = (wanted: string) => [{ channel: "main", wanted, found: onEth0 }] as const;
const NO_ROUTE =
  "no multicast route and no default route; name an interface (lo (127.0.0.1)) or add a route: ip route add 224.0.0.0/4 dev NAME";
const NO_ETH0 = "eth0 is no interface or address of this host; there are lo (127.0.0.1)";
const stream = { name: "main", profile: "rtp", maxPacketBytes: 1400, maxFrameBytes: 65_507 } as const;
const routed = { channel: "main", group: "239.1.1.1", route: "eth0", sentOn: "eth0", isAuto: true };
const listener = [{ key: "http.listen", host: "0.0.0.0", port: 9680 }];
const socket = { protocol: "tcp", address: "0.0.0.0", port: 9680, owner: { pid: 7, name: "nginx" } } as const;
const repair = { key: "control.listen", host: "0.0.0.0", port: 9688 };
const udpSocket = { ...socket, protocol: "udp", port: 9688 } as const;
const nobody = { isThere: false, pid: null };
const received = (seconds: readonly (readonly [expected: number, lost: number, repaired?: number])[], isSending = true, jitterMs = 1) =>
  judgeReception({
    channel: "main",
    group: "239.1.1.1",
    port: 5004,
    senderAddress: "10.0.0.1",
    isSending,
    seconds: seconds.map(([expected, lost, repaired = 0]) => ({ expected, lost, repaired, jitterMs })),
  });
const daemon = (state: "playing" | "failed" | "no-interface" | "stopped" | "idle", reason: string | null = null) =>
  judgeDaemon({
    isThere: true,
    place: "/run/s",
    version: "1",
    pid: 1,
    channels: [{ name: "main", group: "239.1.1.1", port: 5004, state, stateReason: reason, warnings: [] }],
  }).at(-1);

const directory = (rest: Partial<DirectoryReading>, pid: number | null = 7): Finding =>
  judgeDirectory(
    {
      key: "state.dir",
      use: "state",
      path: "/s",
      existing: "/s",
      access: "granted",
      uid: 998,
      freeBytes: 2 ** 31,
      maxBytes: null,
      storedBytes: 0,
      keptBy: null,
      ...rest,
    },
    { isThere: true, pid },
  );
const state = directory;
const cache = (rest: Partial<DirectoryReading>): Finding =>
  directory({ key: "cache.dir", use: "cache", path: "/c", existing: "/c", ...rest });
const recordings = (rest: Partial<DirectoryReading>): Finding =>
  directory({ key: "channels.main.record.dir", use: "recordings", path: "/srv/r", existing: "/srv", ...rest });

const cases: readonly Case[] = [
  ["an interface that is there", judgeInterfaces(on("auto"), [eth0])[0], "ok", /eth0 \(10\.0\.0\.1\)/],
  ["one without a link", judgeInterfaces(on("eth0"), [{ ...eth0, hasCarrier: false }])[0], "fail", /no link.*cable/s],
  ["one without multicast", judgeInterfaces(on("eth0"), [{ ...eth0, isMulticast: false }])[0], "fail", /ip link set eth0 multicast on/],
  ["no route at all", judgeInterfaces(auto(NO_ROUTE), [eth0])[0], "fail", /no multicast route.*ip route add 224\.0\.0\.0\/4/s],
  ["no route because it is down", judgeInterfaces(auto(NO_ROUTE), [{ ...eth0, isUp: false }])[0], "fail", /ip link set eth0 up/],
  [
    "a named one that is down",
    judgeInterfaces([{ channel: "main", wanted: "eth0", found: { ok: false, problem: NO_ETH0 } }], [{ ...eth0, isUp: false }])[0],
    "fail",
    /is down.*ip link set eth0 up/s,
  ],
  [
    "the loopback",
    judgeInterfaces([{ channel: "main", wanted: "lo", found: { ok: true, name: "lo", address: "127.0.0.1" } }], [])[0],
    "warn",
    /no other host/,
  ],
  ["a route", judgeRoutes([routed])[0], "ok", /by eth0/],
  ["none, and it is needed", judgeRoutes([{ ...routed, route: null, sentOn: null }])[0], "fail", /ip route add 224\.0\.0\.0\/4 dev eth0/],
  ["none, and an interface is named", judgeRoutes([{ ...routed, route: null, isAuto: false }])[0], "warn", /players on this host/],
  ["one elsewhere", judgeRoutes([{ ...routed, route: "wlan0" }])[0], "warn", /by wlan0.*dev eth0/s],
  ["TTL 0", judgeTtl([{ name: "main", ttl: 0 }])[0], "warn", /channels\.main\.ttl: 1/],
  ["TTL 1", judgeTtl([{ name: "main", ttl: 1 }])[0], "ok", /LAN/],
  ["TTL 3", judgeTtl([{ name: "main", ttl: 3 }])[0], "ok", /2 multicast routers/],
  ["rp_filter off", judgeReversePath(eth0, null, 3), "ok", /nothing is dropped/],
  ["rp_filter loose", judgeReversePath({ ...eth0, reversePath: 2 }, null, 3), "ok", /2/],
  ["rp_filter strict, one interface", judgeReversePath({ ...eth0, reversePath: 1 }, null, 0), "ok", /strict/],
  [
    "rp_filter strict, several",
    judgeReversePath({ ...eth0, reversePath: 1 }, null, 1),
    "warn",
    /sysctl -w net\.ipv4\.conf\.eth0\.rp_filter=2/,
  ],
  [
    "rp_filter strict, the sender elsewhere",
    judgeReversePath({ ...eth0, reversePath: 1 }, { address: "10.1.0.1", route: "wlan0" }, 1),
    "fail",
    /drops what 10\.1\.0\.1 sends.*wlan0/,
  ],
  [
    "rp_filter strict, the sender here",
    judgeReversePath({ ...eth0, reversePath: 1 }, { address: "10.0.0.9", route: "eth0" }, 1),
    "ok",
    /fit/,
  ],
  ["rp_filter unread", judgeReversePath({ ...eth0, reversePath: null }, null, 0), "warn", /could not be read/],
  ["Debian's rmem_max", judgeReceiveBuffers([stream], 212_992), "ok", /425984/],
  ["a small rmem_max", judgeReceiveBuffers([stream], 60_000), "warn", /sysctl -w net\.core\.rmem_max=/],
  ["a tiny rmem_max", judgeReceiveBuffers([stream], 16_384), "fail", /sysctl -w net\.core\.rmem_max=/],
  ["an rmem_max that is not there", judgeReceiveBuffers([stream], null), "warn", /could not be read/],
  ["Debian's wmem_default", judgeSendBuffers([stream], 212_992), "ok", /108288/],
  ["a small wmem_default", judgeSendBuffers([stream], 65_536), "warn", /wmem_default=216576/],
  ["one below a datagram", judgeSendBuffers([{ ...stream, profile: "datagram" }], 32_768), "fail", /refused/],
  ["packets that fit", judgeMtu(stream, "eth0", 1500), "ok", /1428/],
  ["packets that do not", judgeMtu(stream, "eth0", 1280), "warn", /channels\.main\.maxPacketBytes: 1252/],
  ["datagrams", judgeMtu({ ...stream, profile: "datagram" }, "eth0", 1280), "ok", /fragments anyway/],
  ["a querier", judgeQuerier("eth0", { kind: "heard", from: "10.0.0.254", version: 3 }), "ok", /10\.0\.0\.254.*IGMPv3/],
  ["one that the kernel heard", judgeQuerier("eth0", { kind: "kernel", version: 2 }), "ok", /IGMPv2/],
  ["no querier", judgeQuerier("eth0", { kind: "silence", seconds: 5 }), "warn", /no IGMP query.*switch on a querier.*--listen 130/s],
  ["one that cannot be heard", judgeQuerier("eth0", { kind: "unseen", reason: "no perl" }), "warn", /could not be listened for: no perl/],
  ["a synchronised clock", judgeClock({ isSynchronised: true, by: "chronyc" }), "ok", /chronyc/],
  ["one that is not", judgeClock({ isSynchronised: false, by: "timedatectl" }), "warn", /set-ntp true/],
  ["one that nobody knows of", judgeClock({ isSynchronised: null, by: "" }), "warn", /neither/],
  ["room", state({}), "ok", /^2048 MB free at \/s \(state\.dir\)/],
  ["little room", state({ freeBytes: 100 << 20 }), "warn", /before it is full/],
  ["no room", state({ freeBytes: 0 }), "fail", /make room: what was set, paused or stopped cannot be remembered/],
  ["no place", state({ path: null, existing: null, access: "unseen", freeBytes: null }), "warn", /set state\.dir/],
  ["another user's state", state({ access: "refused" }), "fail", /may not be written to by user 998.*chown 998 \/s, or set state\.dir/s],
  ["the same, and no daemon", state({ access: "refused" }, null), "warn", /user 998/],
  ["another daemon's state", state({ keptBy: "6" }), "warn", /another streamerd \(process 6\).*a state\.dir of its own/s],
  ["its own state", state({ keptBy: "7" }), "ok", /2048 MB/],
  ["a cache that may grow to more than there is", cache({ maxBytes: 2 ** 32 }), "warn", /may grow by 4\.3 GB.*lower cache\.maxBytes/s],
  ["one that has grown already", cache({ maxBytes: 2 ** 32, storedBytes: 2 ** 32 - 2 ** 30 }), "ok", /2048 MB/],
  ["a full disk of the cache", cache({ freeBytes: 0 }), "warn", /make room: films are encoded in every pass/],
  ["another user's cache", cache({ access: "refused" }), "warn", /encoded in every pass.*chown 998 \/c/s],
  ["a file for a cache", cache({ access: "no directory" }), "warn", /is no directory.*set cache\.dir/s],
  ["recordings on a full disk", recordings({ freeBytes: 0 }), "fail", /make room: nothing is recorded/],
  ["recordings where the service may not write", recordings({ access: "read-only" }), "fail", /ReadWritePaths=\/srv;/],
  [
    "recordings in a directory that cannot be made",
    recordings({ access: "refused" }),
    "fail",
    /^\/srv, in which \/srv\/r \(channels\.main\.record\.dir\) is to be made, may not.*mkdir -p \/srv\/r && chown 998 \/srv\/r/s,
  ],
  ["recordings that may not be looked at", recordings({ access: "unseen" }), "warn", /could not be looked at.*as root/s],
  ["our Node", judgeNode("24.21.0"), "ok", /24/],
  ["an old Node", judgeNode("20.1.0"), "fail", /bin\/streamctl/],
  ["a newer one", judgeNode("26.0.0"), "warn", /made for 24/],
  ["codecs", judgeCodecs({ ok: true, text: "FFmpeg 8" }), "ok", /FFmpeg 8/],
  ["no codecs", judgeCodecs({ ok: false, reason: "no such file" }), "fail", /no such file.*npm ci/s],
  ["a free port", judgeListeners(listener, [], nobody)[0], "ok", /free/],
  ["a port that another has", judgeListeners(listener, [socket], nobody)[0], "fail", /nginx \(pid 7\).*set http\.listen/s],
  ["a port whose owner is hidden", judgeListeners(listener, [{ ...socket, owner: null }], nobody)[0], "fail", /another user/],
  ["our own port", judgeListeners(listener, [socket], { isThere: true, pid: 7 })[0], "ok", /streamerd's/],
  ["another's beside our daemon", judgeListeners(listener, [socket], { isThere: true, pid: 8 })[0], "fail", /nginx/],
  ["a daemon that listens elsewhere", judgeListeners(listener, [], { isThere: true, pid: 8 })[0], "warn", /--config/],
  [
    "another address's port",
    judgeListeners([{ ...listener[0], key: "k", host: "127.0.0.1", port: 9680 }], [{ ...socket, address: "10.0.0.1" }], nobody)[0],
    "ok",
    /free/,
  ],
  ["a free port for requests of lost packets", judgeRepairPort(repair, [], nobody), "ok", /^UDP 0\.0\.0\.0:9688 .*is free$/m],
  ["only TCP's port of that number taken", judgeRepairPort(repair, [{ ...socket, port: 9688 }], nobody), "ok", /is free/],
  [
    "one that another has",
    judgeRepairPort(repair, [udpSocket], nobody),
    "warn",
    /held by nginx \(pid 7\): lost packets are not sent again\nstop it, or set control\.listen/,
  ],
  ["one whose owner is hidden", judgeRepairPort(repair, [{ ...udpSocket, owner: null }], nobody), "warn", /another user/],
  ["another's beside our daemon", judgeRepairPort(repair, [udpSocket], { isThere: true, pid: 8 }), "warn", /nginx.*start streamerd then/s],
  ["our daemon's", judgeRepairPort(repair, [udpSocket], { isThere: true, pid: 7 }), "ok", /streamerd's/],
  [
    "one that our daemon did not get",
    judgeRepairPort(repair, [], { isThere: true, pid: 8 }),
    "warn",
    /free, though a daemon runs: lost packets are not sent again\nstart streamerd again/,
  ],
  ["free media ports", judgeMediaPorts([{ name: "main", port: 5004 }], [])[0], "ok", /5004 to 5007/],
  [
    "a media port that another has",
    judgeMediaPorts([{ name: "main", port: 5004 }], [{ ...socket, protocol: "udp", port: 5006 }])[0],
    "warn",
    /5006.*nginx/,
  ],
  ["no daemon", judgeDaemon({ isThere: false, reason: "gone" })[0], "warn", /systemctl start streamerd/],
  ["a channel that plays", daemon("playing"), "ok", /main is playing/],
  ["one that failed", daemon("failed", "no such file"), "fail", /no such file.*channel start main/s],
  ["one without an interface", daemon("no-interface"), "fail", /interface and route/],
  ["one that is stopped", daemon("stopped"), "warn", /channel start main/],
  ["one that waits for somebody to join", daemon("idle", "its source starts when somebody joins"), "ok", /idle: its source starts[^:]*$/],
  [
    "all packets",
    received([
      [700, 0],
      [700, 0],
      [700, 0],
    ])[0],
    "ok",
    /0 of 2100/,
  ],
  [
    "some lost",
    received([
      [700, 1],
      [700, 0],
    ])[0],
    "warn",
    /1 of 1400/,
  ],
  [
    "many lost",
    received([
      [700, 70],
      [700, 70],
    ])[0],
    "fail",
    /140 of 1400.*video\.quality/s,
  ],
  [
    "many lost, of which most came again",
    received([[700, 2, 33]])[0],
    "warn",
    /35 of 700 .*; 33 of them were sent again.*not for other players/,
  ],
  ["jitter", received([[700, 0]], true, 40)[1], "warn", /40\.0 ms/],
  [
    "nothing",
    received([
      [0, 0],
      [0, 0],
    ])[0],
    "fail",
    /nothing came.*firewall/s,
  ],
  ["nothing of a channel that is stopped", received([[0, 0]], false)[0], "warn", /sends nothing now/],
  [
    "packets at the start only",
    received([
      [700, 0],
      [300, 0],
      [0, 0],
      [0, 0],
    ])[0],
    "fail",
    /at the start.*forgotten.*querier/s,
  ],
  ["no second at all", received([])[0], "warn", /ended within a second/],
];

for (const [name, found, level, says] of cases)
  test(`the doctor on ${name}: ${level}`, () => {
    assert.equal(found?.level, level);
    assert.match(`${found?.text ?? ""}\n${found?.remedy ?? ""}`, says);
    // What is not well has a remedy, and what is well needs none.
    assert.equal(found?.remedy === null, level === "ok");
  });

test("a line for each finding, the remedy below it, and a failure only for what failed", () => {
  const findings: readonly Finding[] = [
    { check: "ttl", level: "ok", text: "1", remedy: null },
    { check: "clock", level: "warn", text: "off", remedy: "set it\u001b now" },
    { check: "ports", level: "fail", text: "taken", remedy: "stop it" },
  ];
  assert.equal(
    reportText(findings, { colour: false, columns: null }),
    "ok   ttl: 1\nwarn clock: off\n     → set it now\nFAIL ports: taken\n     → stop it\n",
  );
  assert.match(reportText(findings, { colour: true, columns: null }), /^\u001b\[32mok {2}\u001b\[0m ttl/);
  assert.match(failureText(findings) ?? "", /^1 of 3 checks failed/);
  assert.equal(failureText(findings.slice(0, 2)), null);
});
