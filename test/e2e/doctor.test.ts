import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Finding } from "../../control/streamctl/doctor/finding.ts";
import type { Finished, Host } from "./host.ts";
import { createLan } from "./lan.ts";
import { temporaryFolder } from "./media.ts";
import { lacks } from "./needs.ts";
import { startStreamerd } from "./streamerd.ts";

const skip = lacks("ip", "nft", "nc");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const HOST = ["--host", "10.77.0.1"];
const NO_DAEMON = ["--socket", "/run/streamerd-is-not-here.sock"];

const diagnose = (host: Host, place: readonly string[], ...options: readonly string[]): Promise<Finished> =>
  host.exec(STREAMCTL, [...place, "doctor", "--listen", "3", ...options]);
/** The line and, below it, its remedy. */
const said = ({ stdout, stderr }: Finished, pattern: RegExp): void => assert.match(stdout, pattern, stdout + stderr);
const nft = (host: Host, ...rules: readonly string[]): Promise<string> =>
  host.output("nft", ["-f", "-"], {
    input: `add table ip f\nflush table ip f\nadd chain ip f in { type filter hook input priority 0; }\n${rules.map((rule) => `add rule ip f in ${rule}\n`).join("")}`,
  });

test("doctor finds a healthy LAN well, on the sender, on a receiver, with --json, and without root", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
  const [tx, rx] = [lan.host("tx"), lan.host("rx1")];
  const daemon = await startStreamerd(context, tx, []);
  const sender = await daemon.streamctl("doctor");
  assert.equal(sender.status, 0, sender.stdout + sender.stderr);
  for (const check of [
    "channel: main is playing",
    "interface: ",
    "route: ",
    "mtu: ",
    "rp_filter: ",
    "buffers: ",
    "firewall: ",
    "querier: ",
    "ports: 0.0.0.0:9688",
    "ports: UDP 0.0.0.0:9688 (control.listen), where receivers ask for lost packets, is streamerd's",
    "codecs: FFmpeg",
  ])
    assert.ok(sender.stdout.includes(`\nok   ${check}`), `${check}\n${sender.stdout}`);
  said(sender, /^ok {3}firewall: .*UDP to 10\.77\.0\.1:9688.* pass/m);
  const receiver = await rx.exec(STREAMCTL, [...HOST, "--json", "doctor", "--receive", "main", "--duration", "3"]);
  assert.equal(receiver.status, 0, receiver.stdout + receiver.stderr);
  const findings = JSON.parse(receiver.stdout) as readonly Finding[];
  assert.deepEqual(
    findings.filter(({ level }) => level === "fail"),
    [],
  );
  assert.match(findings.find(({ check }) => check === "loss")?.text ?? "", /^0 of \d{3,} packets/);
  const other = await rx.exec(
    "setpriv",
    ["--reuid=65534", "--regid=65534", "--clear-groups", STREAMCTL, ...NO_DAEMON, "doctor", "--listen", "1"],
    {
      env: { HOME: "/nonexistent" },
    },
  );
  assert.equal(other.status, 0, other.stdout + other.stderr);
  said(other, /warn firewall: its rules could not be read.*\n.*→ run streamctl doctor as root/);
});

test(
  "doctor on a sender names what is broken: the route, the interface, a port, the querier, a small buffer",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const lan = await createLan(context, ["tx"]);
    const tx = lan.host("tx");
    await lan.bridge.output("ip", ["link", "set", "br0", "type", "bridge", "mcast_snooping", "1"]);
    const quiet = await diagnose(tx, NO_DAEMON);
    assert.equal(quiet.status, 0, quiet.stdout + quiet.stderr);
    said(quiet, /warn querier: no IGMP query on eth0 in 3 s.*\n.*→ if a switch here has IGMP snooping, switch on a querier/);
    said(quiet, /warn daemon: none answers.*\n.*→ systemctl start streamerd/);

    tx.spawn("nc", ["-l", "-k", "9680"]);
    tx.spawn("nc", ["-u", "-l", "9688"]);
    await tx.output("ip", ["route", "del", "224.0.0.0/4"]);
    writeFileSync(join(folder, "wmem"), "65536\n");
    const script = `mount --bind ${folder}/wmem /proc/sys/net/core/wmem_default && exec "$@"`;
    const broken = await tx.exec("unshare", ["-m", "sh", "-c", script, "sh", STREAMCTL, ...NO_DAEMON, "doctor", "--listen", "1"]);
    assert.equal(broken.status, 1);
    said(broken, /FAIL interface: channel main: no multicast route and no default route\n.*→ .*ip route add 224\.0\.0\.0\/4/);
    said(broken, /FAIL route: no route for 239\.\S+ of channel main\n.*→ ip route add 224\.0\.0\.0\/4/);
    said(broken, /FAIL ports: 0\.0\.0\.0:9680 \(http\.listen\) is held by nc\S* \(pid \d+\)\n.*→ stop it, or set http\.listen/);
    said(
      broken,
      /warn ports: UDP 0\.0\.0\.0:9688 .* is held by nc\S* \(pid \d+\): lost packets are not sent again\n.*→ stop it, or set control\.listen/,
    );
    said(broken, /warn buffers: net\.core\.wmem_default is 65536; .*\n.*→ sysctl -w net\.core\.wmem_default=/);
    assert.match(broken.stderr, /^streamctl: 3 of \d+ checks failed/);

    writeFileSync(join(folder, "c.yml"), "channels: {main: {interfaces: [eth0], group: 239.9.9.9}}\n");
    await tx.output("nft", ["-f", "-"], {
      input: "add table ip o\nadd chain ip o out { type filter hook output priority 0; }\nadd rule ip o out udp dport 5005 drop\n",
    });
    await nft(tx, "udp dport 9688 drop");
    const walled = await diagnose(tx, NO_DAEMON, "--config", join(folder, "c.yml"));
    said(walled, /warn firewall: UDP to 239\.9\.9\.9:5005 is dropped by .*: players cannot tell which sound belongs to which picture/);
    said(walled, /warn firewall: UDP to 10\.77\.0\.1:9688 is dropped by ip f in: udp dport 9688 drop: lost packets are not sent again/);
    const [, remedy = ""] = /let it pass before: (nft insert rule .* udp dport 9688 accept)$/m.exec(walled.stdout) ?? [];
    for (const off of [
      "channels: {main: {interfaces: [eth0]}}\nsend: {maxRepairKbps: 0}",
      "channels: {main: {interfaces: [eth0], profile: datagram}}",
    ]) {
      writeFileSync(join(folder, "c.yml"), `${off}\n`);
      const unrepaired = await diagnose(tx, NO_DAEMON, "--config", join(folder, "c.yml"), "--listen", "1");
      said(unrepaired, /^(ok {2}|warn) firewall: /m);
      assert.doesNotMatch(unrepaired.stdout, /UDP to 10\.77|lost packets/, off);
    }
    await tx.output("sh", ["-c", remedy]);
    writeFileSync(join(folder, "c.yml"), "channels: {main: {interfaces: [eth0]}}\n");
    const mended = await diagnose(tx, NO_DAEMON, "--config", join(folder, "c.yml"), "--listen", "1");
    said(mended, /firewall: UDP to 239\.\S+:5005 is dropped/);
    assert.doesNotMatch(mended.stdout, /UDP to 10\.77/);

    writeFileSync(join(folder, "c.yml"), "channels: {main: {interfaces: [eth0], ttl: 0}}\n");
    await tx.setLink("down");
    const down = await diagnose(tx, NO_DAEMON, "--config", join(folder, "c.yml"));
    assert.equal(down.status, 1);
    said(down, /FAIL interface: eth0, which channel main is for, is down\n.*→ ip link set eth0 up/);
    said(down, /warn ttl: channel main has 0.*\n.*→ channels\.main\.ttl: 1/);

    writeFileSync(join(folder, "c.yml"), "chanels: {}\n");
    const mistake = await diagnose(tx, NO_DAEMON, "--config", join(folder, "c.yml"));
    assert.equal(mistake.status, 1);
    said(mistake, /FAIL config: .*c\.yml:1: .*chanels/);
  },
);

test(
  "doctor --receive names what is broken: IGMP and packets that are dropped, a small buffer, a switch that forgets",
  { skip },
  async (context) => {
    const folder = temporaryFolder(context);
    const lan = await createLan(context, ["tx", "rx1"], { snooping: true });
    const [tx, rx] = [lan.host("tx"), lan.host("rx1")];
    await startStreamerd(context, tx, []);
    await nft(rx, "ip protocol igmp drop", "ip daddr 239.0.0.0/8 udp dport 5004-5007 drop");
    writeFileSync(join(folder, "rmem"), "16384\n");
    const script = `mount --bind ${folder}/rmem /proc/sys/net/core/rmem_max && exec "$@"`;
    const broken = await rx.exec("unshare", ["-m", "sh", "-c", script, "sh", STREAMCTL, ...HOST, "doctor", "--receive", "--duration", "2"]);
    assert.equal(broken.status, 1);
    said(
      broken,
      /FAIL firewall: UDP to 239\.\S+:5004 is dropped by ip f in: .*drop: channel main does not arrive\n.*→ take that rule away/,
    );
    said(broken, /FAIL firewall: IGMP queries on eth0 is dropped by ip f in: ip protocol igmp drop/);
    said(broken, /FAIL buffers: net\.core\.rmem_max is 16384.*\n.*→ sysctl -w net\.core\.rmem_max=/);
    said(broken, /FAIL reception: nothing came from 239\./);

    // The remedies are commands, and they help.
    const remedies = [...broken.stdout.matchAll(/let it pass before: (nft insert rule .*)$/gm)].map(([, command]) => command ?? "");
    assert.equal(remedies.length, 3, broken.stdout);
    for (const command of remedies) await rx.output("sh", ["-c", command]);
    const mended = await diagnose(rx, HOST, "--receive", "--duration", "2");
    assert.equal(mended.status, 0, mended.stdout);
    said(mended, /ok   firewall: /);

    // What a switch does that forgets a host: packets stop while the host is still a member.
    await nft(rx);
    const forgotten = rx.spawn(STREAMCTL, [...HOST, "doctor", "--receive", "--duration", "6", "--listen", "1"]);
    await forgotten.waitForLine(/first picture/);
    await lan.bridge.output("nft", ["-f", "-"], {
      input:
        "add table bridge f\nadd chain bridge f on_way { type filter hook forward priority 0; }\nadd rule bridge f on_way ip daddr 239.0.0.0/8 drop\n",
    });
    assert.equal((await forgotten.ended).status, 1);
    assert.match(
      forgotten.stdout(),
      /FAIL snooping: packets came from 239\.\S+ at the start, and none in the last \d s.*\n.*→ switch on an IGMP querier/,
    );

    await tx.setLink("down");
    const nobody = await rx.exec(STREAMCTL, [...HOST, "doctor", "--receive", "--listen", "1"]);
    assert.equal(nobody.status, 1);
    said(nobody, /FAIL daemon: cannot connect to 10\.77\.0\.1:9688.*\n.*→ name the sender with --host/);
  },
);
