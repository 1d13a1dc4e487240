/**
 * A LAN on one machine, in network namespaces with names of its own, so that two runs side by side do not meet:
 *
 *     sd-PID-ab12cd-tx          sd-PID-ab12cd-rx1        sd-PID-ab12cd-rx2
 *     eth0 10.77.0.1            eth0 10.77.0.2           eth0 10.77.0.3
 *        │                         │                        │
 *        └──── tx ─────────── rx1 ─┴────────── rx2 ─────────┘
 *                 br0 10.77.0.254, in sd-PID-ab12cd-lan
 *
 * Nothing is reachable from here or from outside. It goes away after the test, on Ctrl-C, and (after a kill) with the next run's first LAN.
 */

import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { MULTICAST_ROUTE, createHost, waitForLink } from "./host.ts";
import type { Host } from "./host.ts";
import type { Running } from "./running.ts";
import { waitFor } from "./wait.ts";

export type LanOptions = {
  /** The bridge forwards a group only to hosts that joined it, and asks for members itself (a querier). Off: it floods. */
  readonly snooping?: boolean;
};

export type Lan<Name extends string> = {
  readonly host: (name: Name) => Host;
  /** The bridge's own host: the switch. */
  readonly bridge: Host;
  /** IPv4 groups by host, `rx1 239.255.1.1`, as the bridge knows them by snooping. */
  readonly memberships: () => Promise<readonly string[]>;
};

/** What a test's context gives. */
type Context = { readonly after: (clean: () => Promise<void>) => void };

const FOLDER = "/run/netns";
/** Hundredths of a second. A querier floods for one response interval after it was switched on: with the default, ten seconds. */
const SNOOPING = "mcast_snooping 1 mcast_query_use_ifaddr 1 mcast_query_response_interval 10 mcast_startup_query_interval 50";

/** Makes the LAN with these hosts, in the order of their addresses from 10.77.0.1 on; it is gone after the test of `context`. */
export async function createLan<const Name extends string>(
  context: Context,
  names: readonly Name[],
  options: LanOptions = {},
): Promise<Lan<Name>> {
  removeLeftovers();
  const prefix = `sd-${process.pid}-${randomBytes(3).toString("hex")}`;
  const processes = new Set<Running>();
  const note = (running: Running): void => {
    processes.add(running);
    void running.ended.then(() => processes.delete(running));
  };
  const bridge = createHost("lan", `${prefix}-lan`, "10.77.0.254", note);
  const hosts = new Map<string, Host>(
    names.map((name, index) => [name, createHost(name, `${prefix}-${name}`, `10.77.0.${index + 1}`, note)]),
  );
  const namespaces = [bridge, ...hosts.values()].map(({ namespace }) => namespace);
  const remove = (): void => removeNamespaces(namespaces);
  const onSignal = (signal: NodeJS.Signals): void => {
    remove();
    process.kill(process.pid, signal);
  };
  process.once("exit", remove);
  for (const signal of SIGNALS) process.once(signal, onSignal);
  context.after(async () => {
    remove();
    await Promise.all([...processes].map(({ ended }) => ended));
    process.off("exit", remove);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  });

  build(bridge, [...hosts.values()], options.snooping === true);
  await Promise.all([...hosts.values()].map((host) => waitForLink(host)));
  await waitFor(
    "the ports of the bridge",
    async () => count(await bridge.output("bridge", ["link", "show"]), "state forwarding") === hosts.size,
  );
  return {
    bridge,
    host: (name) => {
      const host = hosts.get(name);
      if (host === undefined) throw new Error(`no host ${name} in this LAN`);
      return host;
    },
    memberships: async () => {
      const listed = await bridge.output("bridge", ["mdb", "show"]);
      return [...listed.matchAll(/port (\S+) grp ([\d.]+) /g)].map(([, port, group]) => `${port} ${group}`);
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function build(bridge: Host, hosts: readonly Host[], snooping: boolean): void {
  ip(
    [],
    [bridge, ...hosts].map(({ namespace }) => `netns add ${namespace}`),
  );
  ip(
    [],
    hosts.map(({ name, namespace }) => `link add eth0 netns ${namespace} type veth peer name ${name} netns ${bridge.namespace}`),
  );
  for (const { namespace, address } of hosts) {
    ip(["-n", namespace], ["link set lo up", `addr add ${address}/24 dev eth0`, "link set eth0 up", MULTICAST_ROUTE]);
  }
  ip(
    ["-n", bridge.namespace],
    [
      "link set lo up",
      `link add br0 type bridge ${snooping ? SNOOPING : "mcast_snooping 0"}`,
      ...(snooping ? ["link set br0 type bridge mcast_querier 1"] : []),
      `addr add ${bridge.address}/24 dev br0`,
      ...hosts.map(({ name }) => `link set dev ${name} master br0 up`),
      "link set br0 up",
    ],
  );
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function ip(options: readonly string[], lines: readonly string[]): void {
  execFileSync("ip", [...options, "-batch", "-"], { input: `${lines.join("\n")}\n`, stdio: ["pipe", "ignore", "pipe"] });
}

/** Synchronous, since a process that exits cannot wait. */
function removeNamespaces(namespaces: readonly string[]): void {
  const existing = new Set(listNamespaces());
  for (const namespace of namespaces.filter((name) => existing.has(name))) {
    // Children of what ran there: a namespace with a process in it would live on without a name.
    for (const pid of execFileSync("ip", ["netns", "pids", namespace], { encoding: "utf8" }).split("\n").filter(Boolean))
      killIfThere(Number(pid));
    execFileSync("ip", ["netns", "del", namespace]);
  }
}

/** Removes the LANs of test processes that were killed. */
function removeLeftovers(): void {
  const isOrphan = (name: string): boolean => {
    const pid = /^sd-(\d+)-[0-9a-f]{6}-/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  };
  removeNamespaces(listNamespaces().filter(isOrphan));
}

function listNamespaces(): readonly string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  return signalIfThere(pid, 0);
}

function killIfThere(pid: number): void {
  signalIfThere(pid, "SIGKILL");
}

function signalIfThere(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
