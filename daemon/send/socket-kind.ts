/** Which kind of socket the sender thread uses: the system's own calls where they can be reached, else Node's. */

import { openNodeSocket } from "./node-socket.ts";
import type { OpenPacketSocket } from "./packet-socket.ts";

export type SocketKind = "system" | "node";

export type PacketSockets = {
  readonly open: OpenPacketSocket;
  /** The thread's event loop has to turn so often, in ms. */
  readonly turnMs: number;
  /** Why it is not the kind that was wanted. */
  readonly problem: string | null;
};

/** What the kernel refused is heard of in the event loop. */
const NODE_TURN_MS = 20;
/** Nothing is heard of in the event loop but garbage collection's tasks. A turn costs as much as a packet or two, and what it makes of the caches as much again. */
const SYSTEM_TURN_MS = 500;

export async function loadPacketSockets(wanted: SocketKind): Promise<PacketSockets> {
  if (wanted === "node") return { open: openNodeSocket, turnMs: NODE_TURN_MS, problem: null };
  try {
    const { createSystemSockets } = await import("./system-socket.ts");
    return { open: createSystemSockets(), turnMs: SYSTEM_TURN_MS, problem: null };
  } catch (error) {
    return { open: openNodeSocket, turnMs: NODE_TURN_MS, problem: error instanceof Error ? error.message : String(error) };
  }
}
