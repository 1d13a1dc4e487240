// Asks the daemon what it does.

import { connectControl, targetText, type ControlTarget } from "../../../client.ts";
import { CannotConnectError, ConnectionLostError, RefusedError } from "../../../client-error.ts";
import type { DaemonReading } from "../checks/daemon.ts";

export async function readDaemon(targets: readonly ControlTarget[]): Promise<DaemonReading> {
  let reason = "nobody was asked";
  for (const target of targets) {
    try {
      return await ask(target);
    } catch (error) {
      const isKnown = error instanceof CannotConnectError || error instanceof ConnectionLostError || error instanceof RefusedError;
      if (!isKnown) throw error;
      reason = error.message;
    }
  }
  return { isThere: false, reason };
}

async function ask(target: ControlTarget): Promise<DaemonReading> {
  const client = await connectControl(target);
  try {
    const { version, resources, channels } = await client.call("server.status", {});
    return {
      isThere: true,
      place: targetText(target),
      version,
      pid: target.kind === "unix" ? (resources.pid ?? null) : null,
      channels: channels.map(({ name, group, ports, state, stateReason, warnings }) => ({
        name,
        group,
        port: ports.video,
        state,
        stateReason,
        warnings,
      })),
    };
  } finally {
    client.close();
  }
}
