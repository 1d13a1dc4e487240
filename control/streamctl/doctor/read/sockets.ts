// Who listens on which port of this host: /proc/net tells the sockets, /proc/PID/fd whose they are.

import { readdirSync, readlinkSync } from "node:fs";
import type { BoundSocket } from "../checks/ports.ts";
import { readText } from "./text-file.ts";

/** TCP_LISTEN (net/tcp_states.h); UDP has it only for connected sockets, and 07 for bound ones. */
const LISTENING = { tcp: "0A", udp: "07" } as const;

export function readSockets(): readonly BoundSocket[] {
  const found = (["tcp", "udp"] as const).flatMap((protocol) =>
    ["", "6"].flatMap((version) => parseSockets(readText(`/proc/net/${protocol}${version}`) ?? "", protocol)),
  );
  const owners = readOwners(new Set(found.map(({ inode }) => inode)));
  return found.map(({ inode, ...socket }) => ({ ...socket, owner: owners.get(inode) ?? null }));
}

export type FoundSocket = Omit<BoundSocket, "owner"> & { readonly inode: string };

/** `text`: of /proc/net/tcp, tcp6, udp or udp6. IPv6's any address also takes IPv4, and is told as 0.0.0.0. */
export function parseSockets(text: string, protocol: "tcp" | "udp"): readonly FoundSocket[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line): readonly FoundSocket[] => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const [address = "", port = ""] = local.split(":");
      if (state !== LISTENING[protocol]) return [];
      return [{ protocol, address: addressText(address), port: Number.parseInt(port, 16), inode }];
    });
}

/** The kernel prints addresses as they lie in memory: little-endian on everything that we run on. */
function addressText(hex: string): string {
  if (/^0+$/.test(hex)) return "0.0.0.0";
  const ofIpv4 = hex.length === 32 ? /^0{16}FFFF0000(\w{8})$/i.exec(hex)?.[1] : hex;
  if (ofIpv4 === undefined) return `[${hex}]`;
  return (ofIpv4.match(/../g) ?? [])
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}

function readOwners(inodes: ReadonlySet<string>): ReadonlyMap<string, { readonly pid: number; readonly name: string }> {
  const owners = new Map<string, { pid: number; name: string }>();
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of list(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined && inodes.has(inode)) owners.set(inode, { pid: Number(pid), name: readText(`/proc/${pid}/comm`) ?? "?" });
    }
  }
  return owners;
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
