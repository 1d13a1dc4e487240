/** Which local address a channel sends from: by interface name, by address, or by the route that the kernel has for the group. */

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

export type ResolvedInterface =
  | { readonly ok: true; readonly name: string; readonly address: string }
  | { readonly ok: false; readonly problem: string };

/** What the system had to say at some time. `present`: what is up and has an address; of others it is asked when it matters what they are. */
export type InterfaceSnapshot = {
  readonly present: readonly Present[];
  readonly routes: string;
  readonly linkOf: (name: string) => Link;
};

/** Without a carrier it is down as well. */
type Link = "absent" | "down" | "up";

export function readInterfaces(): InterfaceSnapshot {
  return { present: listInterfaces(), routes: readRoutes(), linkOf };
}

/** The interface of the route. */
export const AUTO = "auto";

/** `wanted`: a name, an IPv4 address, or AUTO. The problem names the remedy. */
export function resolveInterface(wanted: string, group: string, snapshot: InterfaceSnapshot): ResolvedInterface {
  if (wanted === AUTO) return resolveAuto(snapshot, group);
  const { present, linkOf } = snapshot;
  const found = present.find(({ name, address }) => name === wanted || address === wanted);
  if (found !== undefined) return { ok: true, ...found };
  return { ok: false, problem: `${wanted} ${REASONS[linkOf(wanted)]}; there are ${describe(present)}` };
}

const REASONS: Readonly<Record<Link, string>> = {
  absent: "is no interface or address of this host",
  down: "is down (is its cable in?)",
  up: "has no IPv4 address",
};

type Present = { readonly name: string; readonly address: string };

let lastListed: readonly Present[] = [];

/** Where no file may be opened any more, the system cannot be asked: what was there stays. */
function listInterfaces(): readonly Present[] {
  try {
    lastListed = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
      (addresses ?? []).filter(({ family }) => family === "IPv4").map(({ address }) => ({ name, address })),
    );
  } catch {}
  return lastListed;
}

function describe(present: readonly Present[]): string {
  return present.map(({ name, address }) => `${name} (${address})`).join(", ") || "none with an IPv4 address";
}

function resolveAuto({ present, routes, linkOf }: InterfaceSnapshot, group: string): ResolvedInterface {
  const name = routeInterface(routes, group);
  const found = present.find((candidate) => candidate.name === name);
  if (found !== undefined) return { ok: true, ...found };
  const reason = name === null ? "no multicast route and no default route" : `${name}, which has the route, ${REASONS[linkOf(name)]}`;
  return { ok: false, problem: `${reason}; name an interface (${describe(present)}) or add a route: ip route add 224.0.0.0/4 dev NAME` };
}

function linkOf(name: string): Link {
  try {
    return readFileSync(`/sys/class/net/${name}/operstate`, "latin1").trim().endsWith("down") ? "down" : "up";
  } catch {
    return "absent";
  }
}

function readRoutes(): string {
  try {
    return readFileSync("/proc/self/net/route", "latin1");
  } catch {
    return "";
  }
}

/** RTF_UP, RTF_REJECT (linux/route.h). */
const ROUTE_UP = 0x1;
const ROUTE_REJECT = 0x200;
/** The interface of a route that rejects, or that is a black hole. What names its interface passes it by, as a channel's sockets do. */
const NOWHERE = "*";

/** The interface of the route that a packet to `group` would take: longest prefix, then least metric. Text: /proc/net/route. */
export function routeInterface(routes: string, group: string): string | null {
  const target = addressValue(group);
  const matching = routes
    .split("\n")
    .slice(1)
    .map(parseRoute)
    .filter((route) => route !== null)
    .filter(
      ({ name, destination, mask, flags }) =>
        (flags & ROUTE_UP) !== 0 && (flags & ROUTE_REJECT) === 0 && name !== NOWHERE && (target & mask) >>> 0 === destination,
    )
    .toSorted((one, other) => other.mask - one.mask || one.metric - other.metric);
  return matching[0]?.name ?? null;
}

type RouteEntry = {
  readonly name: string;
  readonly destination: number;
  readonly mask: number;
  readonly flags: number;
  readonly metric: number;
};

function parseRoute(line: string): RouteEntry | null {
  const [name, destination, , flags, , , metric, mask] = line.split("\t");
  if (name === undefined || destination === undefined || flags === undefined || metric === undefined || mask === undefined) return null;
  return { name, destination: hostOrder(destination), mask: hostOrder(mask), flags: Number.parseInt(flags, 16), metric: Number(metric) };
}

/** The kernel prints addresses as they lie in memory: little-endian on everything that we run on. */
function hostOrder(hex: string): number {
  const bytes = hex.trim().match(/../g) ?? [];
  return Number.parseInt(bytes.toReversed().join(""), 16) >>> 0;
}

function addressValue(address: string): number {
  return address.split(".").reduce((value, part) => ((value << 8) | Number(part)) >>> 0, 0);
}
