/**
 * Whether addresses can be listened on, by the kernel's table of those who listen (proc_net_tcp(5)). To listen for a moment would load what the first
 * packet need not wait for: 13 ms, most of it Node's pattern for IPv6 addresses.
 */

import { closeSync, openSync, readSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { Listen } from "./http/bounded-server.ts";

const TABLE = "/proc/self/net/tcp";
const IPV6_TABLE = "/proc/self/net/tcp6";
const LISTENING = "0A";
const EVERY_ADDRESS = "0.0.0.0";
/** What the kernel gives at once. */
const PIECE_BYTES = 4096;

type Listener = { readonly host: string; readonly port: number };

/** False also for an address that is no interface's, and where it cannot be known: then whoever listens there finds out. */
export function areFree(addresses: readonly Listen[]): boolean {
  try {
    const taken = listenersIn(TABLE);
    // Who listens on an IPv6 address may have the IPv4 ones with it.
    const takenPorts = new Set(listenersIn(IPV6_TABLE).map(({ port }) => port));
    return addresses.every(
      (address) => isOwn(address.host) && !takenPorts.has(address.port) && !taken.some((other) => isSame(address, other)),
    );
  } catch {
    return false;
  }
}

function isSame(a: Listen, b: Listen): boolean {
  return a.port === b.port && (a.host === b.host || a.host === EVERY_ADDRESS || b.host === EVERY_ADDRESS);
}

function isOwn(host: string): boolean {
  if (host === EVERY_ADDRESS || host.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}

/** They come before all connections, of which there may be many. */
function listenersIn(table: string): readonly Listener[] {
  const file = openSync(table, "r");
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    const found: Listener[] = [];
    let [isHead, rest] = [true, ""];
    for (;;) {
      const bytes = readSync(file, piece);
      const lines = (rest + piece.toString("latin1", 0, bytes)).split("\n");
      rest = lines.pop() ?? "";
      for (const row of lines.slice(isHead ? 1 : 0).map(parseRow)) {
        if (row.state !== LISTENING) return found;
        found.push(row);
      }
      if (bytes === 0) return found;
      isHead = false;
    }
  } finally {
    closeSync(file);
  }
}

/** "   0: 0100007F:1F90 00000000:0000 0A …": an IPv4 address has its bytes in the machine's order, as has each word of an IPv6 address. */
function parseRow(row: string): Listener & { readonly state: string } {
  const [, local = "", , state = ""] = row.trim().split(/ +/);
  const [address = "", port = ""] = local.split(":");
  const host = Array.from(Buffer.from(address, "hex")).toReversed().join(".");
  return { host, port: Number.parseInt(port, 16), state };
}
