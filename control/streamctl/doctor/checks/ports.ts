// PURE. Whether the ports are free, or the daemon's own.

import { fail, ok, warn, type Finding } from "../finding.ts";
import type { PlannedChannel, PlannedListener } from "../plan.ts";

/** `owner`: null where /proc does not tell (another user's, and we are not root). */
export type BoundSocket = {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  readonly owner: { readonly pid: number; readonly name: string } | null;
};

/** `pid`: null where it does not say. */
type Daemon = { readonly isThere: boolean; readonly pid: number | null };

export function judgeListeners(listeners: readonly PlannedListener[], sockets: readonly BoundSocket[], daemon: Daemon): readonly Finding[] {
  return listeners.map((listener) => {
    const { key, host, port } = listener;
    const place = `${host}:${port} (${key})`;
    const holder = holderOf("tcp", listener, sockets, daemon);
    if (holder === "streamerd") return ok("ports", `${place} is streamerd's`);
    if (holder !== null) return fail("ports", `${place} is held by ${holder.another}`, `stop it, or set ${key} to another port`);
    if (!daemon.isThere) return ok("ports", `${place} is free`);
    return warn("ports", `${place} is free, though a daemon runs`, "is it run with another configuration? Name its file with --config");
  });
}

/** The daemon sends without it, and tries to have it only when it starts. */
export function judgeRepairPort(asked: PlannedListener, sockets: readonly BoundSocket[], daemon: Daemon): Finding {
  const { key, host, port } = asked;
  const place = `UDP ${host}:${port} (${key})`;
  const holder = holderOf("udp", asked, sockets, daemon);
  if (holder === "streamerd") return ok("ports", `${place}, where receivers ask for lost packets, is streamerd's`);
  if (holder !== null)
    return warn(
      "ports",
      `${place} is held by ${holder.another}: lost packets are not sent again`,
      `stop it, or set ${key} to another port, and start streamerd then`,
    );
  if (!daemon.isThere) return ok("ports", `${place}, where receivers ask for lost packets, is free`);
  return warn(
    "ports",
    `${place} is free, though a daemon runs: lost packets are not sent again`,
    "start streamerd again: another program may have had it; if it is run with another configuration, name its file with --config",
  );
}

/** Somebody who has a media port on every address takes what is meant for receivers on this host. */
export function judgeMediaPorts(
  channels: readonly Pick<PlannedChannel, "name" | "port">[],
  sockets: readonly BoundSocket[],
): readonly Finding[] {
  return channels.map(({ name, port }) => {
    const held = sockets.find(
      (socket) => socket.protocol === "udp" && socket.port >= port && socket.port < port + 4 && socket.address === "0.0.0.0",
    );
    if (held === undefined) return ok("ports", `UDP ${port} to ${port + 3} of channel ${name}: nobody has them on every address`);
    const by = held.owner === null ? "a program of another user" : `${held.owner.name} (pid ${held.owner.pid})`;
    return warn(
      "ports",
      `UDP ${held.port} of channel ${name} is held on every address by ${by}`,
      `if receivers on this host get nothing: stop it, or change channels.${name}.port`,
    );
  });
}

/** Null: nobody. One whose owner is hidden is the daemon's, where that runs. */
function holderOf(
  protocol: BoundSocket["protocol"],
  { host, port }: PlannedListener,
  sockets: readonly BoundSocket[],
  daemon: Daemon,
): "streamerd" | { readonly another: string } | null {
  const held = sockets.find((socket) => socket.protocol === protocol && socket.port === port && meet(socket.address, host));
  if (held === undefined) return null;
  const { owner } = held;
  if (daemon.isThere && (owner === null || daemon.pid === null || owner.pid === daemon.pid)) return "streamerd";
  return { another: owner === null ? "a program of another user (root can see which)" : `${owner.name} (pid ${owner.pid})` };
}

function meet(bound: string, wanted: string): boolean {
  return bound === wanted || bound === "0.0.0.0" || wanted === "0.0.0.0" || wanted === "localhost";
}
