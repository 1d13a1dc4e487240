// Listens for IGMP queries on an interface, for a bounded time. Node has no raw sockets; perl, which every Debian has, does. A group is joined
// and left meanwhile: a querier asks at once whether others still listen, where it would otherwise ask every two minutes.

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { setTimeout as delay } from "node:timers/promises";
import type { QuerierReading } from "../checks/querier.ts";
import { readNumber, readText } from "./text-file.ts";

/** Ethernet's IPv4 packets of one interface (packet(7)); prints the sender, the response time and the length of the first query (RFC 3376 section 4.1). */
const SCRIPT = `
my ($index, $seconds) = @ARGV;
my $ipv4 = unpack("S", pack("n", 0x0800));
socket(my $s, 17, 2, $ipv4) or do { print "$!\\n"; exit 3 };
bind($s, pack("S S l S C C a8", 17, $ipv4, $index, 0, 0, 0, "")) or do { print "$!\\n"; exit 3 };
$SIG{ALRM} = sub { exit 1 };
alarm $seconds;
$| = 1;
print "listening\\n";
while (defined recv($s, my $p, 2048, 0)) {
  next if length($p) < 28 || ord(substr($p, 9, 1)) != 2;
  my $header = (ord($p) & 15) * 4;
  next if ord(substr($p, $header, 1)) != 0x11;
  print join(".", unpack("C4", substr($p, 12, 4))), " ", ord(substr($p, $header + 1, 1)), " ", unpack("n", substr($p, 2, 2)) - $header, "\\n";
  exit 0;
}`;

/** Long enough for the report of the membership to be on the wire. */
const MEMBER_MS = 500;

export type QuerierPlace = { readonly name: string; readonly address: string; readonly index: number | null };

export async function readQuerier(place: QuerierPlace, listenMs: number): Promise<QuerierReading> {
  const version = kernelVersion(readText("/proc/net/igmp") ?? "", place.name);
  const isForced = (readNumber(`/proc/sys/net/ipv4/conf/${place.name}/force_igmp_version`) ?? 0) !== 0;
  // A query of an older version makes the kernel speak that version for some minutes.
  if (version !== null && version < 3 && !isForced) return { kind: "kernel", version };
  if (place.index === null) return { kind: "unseen", reason: "the interface has no number" };
  return listen(place, place.index, Math.max(1, Math.ceil(listenMs / 1000)));
}

/** By /proc/net/igmp: `2  eth0  :  3  V2`. Null where it does not name the interface. */
export function kernelVersion(text: string, name: string): number | null {
  for (const line of text.split("\n")) {
    const found = /^\s*\d+\s+(\S+)\s*:\s+\d+\s+V(\d)/.exec(line);
    if (found?.[1] === name) return Number(found[2]);
  }
  return null;
}

async function listen(place: QuerierPlace, index: number, seconds: number): Promise<QuerierReading> {
  const child = spawn("perl", ["-e", SCRIPT, String(index), String(seconds)], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = Promise.withResolvers<QuerierReading>();
  let output = "";
  child.on("error", () => ended.resolve({ kind: "unseen", reason: "perl is not installed" }));
  child.stdout.on("data", (chunk: Buffer) => {
    const isFirst = output === "";
    output += chunk.toString("latin1");
    if (isFirst && output.startsWith("listening")) void provoke(place.address);
  });
  child.on("close", () => ended.resolve(parseHeard(output, seconds)));
  return ended.promise;
}

/** What the script printed. */
export function parseHeard(output: string, seconds: number): QuerierReading {
  const [first = "", heard] = output.trim().split("\n");
  const query = /^(\S+) (\d+) (\d+)$/.exec(heard ?? "");
  if (query?.[1] !== undefined) {
    // Section 7.1: a longer message is version 3; without a response time it is version 1.
    const version = Number(query[3]) >= 12 ? 3 : query[2] === "0" ? 1 : 2;
    return { kind: "heard", from: query[1] === "0.0.0.0" ? "a switch" : query[1], version };
  }
  if (first === "listening") return { kind: "silence", seconds };
  return { kind: "unseen", reason: first === "" ? "perl does not run" : `${first.toLowerCase()} (root may)` };
}

/**
 * Joins and leaves a group that nobody uses. Queries that follow are sent to that group: the one that stays joined has the same Ethernet address
 * (RFC 1112 section 6.4 drops nine bits of the group), so that the network card hands them up.
 */
async function provoke(address: string): Promise<void> {
  const [high, low] = [1 + Math.floor(Math.random() * 120), 1 + Math.floor(Math.random() * 253)];
  const left = createSocket("udp4");
  const kept = createSocket("udp4");
  try {
    await Promise.all([left, kept].map((socket) => new Promise<void>((resolve) => socket.bind(0, () => resolve()))));
    kept.addMembership(`239.127.${high}.${low}`, address);
    left.addMembership(`239.255.${high}.${low}`, address);
    await delay(MEMBER_MS);
    left.dropMembership(`239.255.${high}.${low}`, address);
    await delay(2 * MEMBER_MS);
  } catch {
    // Where groups cannot be joined, there is nothing to provoke: it is only listened then.
  } finally {
    left.close();
    kept.close();
  }
}
