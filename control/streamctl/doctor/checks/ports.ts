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

/** `daemonPid`: of the daemon that answers; null: none does, or it does not say. */
export function judgeListeners(
  listeners: readonly PlannedListener[],
  sockets: readonly BoundSocket[],
  daemon: { readonly isThere: boolean; readonly pid: number | null },
): readonly Finding[] {
  return listeners.map(({ key, host, port }) => {
    const place = `${host}:${port} (${key})`;
    const held = sockets.find((socket) => socket.protocol === "tcp" && socket.port === port && meet(socket.address, host));
    if (held === undefined) {
      if (!daemon.isThere) return ok("ports", `${place} is free`);
      return warn("ports", `${place} is free, though a daemon runs`, "is it run with another configuration? Name its file with --config");
    }
    const { owner } = held;
    const isOurs = daemon.isThere && (owner === null || daemon.pid === null || owner.pid === daemon.pid);
    if (isOurs) return ok("ports", `${place} is streamerd's`);
    const by = owner === null ? "a program of another user (root can see which)" : `${owner.name} (pid ${owner.pid})`;
    return fail("ports", `${place} is held by ${by}`, `stop it, or set ${key} to another port`);
  });
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

function meet(bound: string, wanted: string): boolean {
  return bound === wanted || bound === "0.0.0.0" || wanted === "0.0.0.0" || wanted === "localhost";
}
