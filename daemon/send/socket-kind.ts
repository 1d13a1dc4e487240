/** Which kind of socket the sender thread uses: the kernel told ahead, the system's own calls when the time has come, or Node's. */

import { messageOf } from "../../control/system-error.ts";
import type { Log } from "../log/log.ts";
import { monotonicShiftSeconds } from "./clock-shift.ts";
import { openNodeSocket } from "./node-socket.ts";
import type { OpenPacketSocket } from "./packet-socket.ts";
import type { ScheduledPackets } from "./scheduled-packets.ts";

export type SocketKind = "kernel" | "system" | "node";

export type PacketSockets = {
  readonly open: OpenPacketSocket;
  /** Tells of what has left by now of what was scheduled. */
  readonly collect: () => void;
  readonly close: () => void;
  /** The thread's event loop has to turn so often, in ms. */
  readonly turnMs: number;
  /** What they are, and why not what was wanted. */
  readonly kind: SocketKind;
  readonly problem: string | null;
};

/** What the kernel refused is heard of in the event loop. */
const NODE_TURN_MS = 20;
/** Nothing is heard of in the event loop but garbage collection's tasks. A turn costs as much as a packet or two, and what it makes of the caches as much again. */
const SYSTEM_TURN_MS = 500;

/** What the usual kind needs, while nobody knows yet which one is wanted. */
export async function preloadPacketSockets(): Promise<void> {
  await Promise.allSettled([import("./system-socket.ts"), importSchedule()]);
}

/** The best kind up to the one that is wanted. */
export async function loadPacketSockets(wanted: SocketKind): Promise<PacketSockets> {
  if (wanted === "node") return nodeSockets(null);
  try {
    const { createSystemSockets } = await import("./system-socket.ts");
    const { schedule, problem } = wanted === "kernel" ? await loadSchedule() : NO_SCHEDULE;
    return {
      open: createSystemSockets(undefined, schedule),
      collect: () => schedule?.collect(),
      close: () => schedule?.close(),
      turnMs: SYSTEM_TURN_MS,
      kind: schedule === null ? "system" : "kernel",
      problem,
    };
  } catch (error) {
    return nodeSockets(messageOf(error));
  }
}

/** They are not of the kind that was wanted: what it costs, and why. */
export function tellSocketProblem(reason: string, used: SocketKind, log: Log): void {
  if (used === "node")
    log.warn(`packets leave by Node's sockets, one call each: the system's cannot be reached (${reason}); see send.sockets`);
  else
    log.info(
      `the kernel cannot be told ahead what to send (${reason}): packets leave when this program wakes up for them; see send.sockets`,
    );
}

type Schedule = { readonly schedule: ScheduledPackets | null; readonly problem: string | null };
const NO_SCHEDULE: Schedule = { schedule: null, problem: null };

const importSchedule = () => Promise.all([import("./scheduled-packets.ts"), import("./submission-ring.ts")]);

async function loadSchedule(): Promise<Schedule> {
  if (monotonicShiftSeconds() !== 0) return { schedule: null, problem: "this is a time namespace, whose clock io_uring does not go by" };
  const [packets, ring] = await importSchedule();
  try {
    return { schedule: new packets.ScheduledPackets(new ring.SubmissionRing()), problem: null };
  } catch (error) {
    return { schedule: null, problem: messageOf(error) };
  }
}

function nodeSockets(problem: string | null): PacketSockets {
  return { open: openNodeSocket, collect: () => {}, close: () => {}, turnMs: NODE_TURN_MS, kind: "node", problem };
}
