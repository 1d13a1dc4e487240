/** What packets leave by: one socket, bound to no group. Two kinds of it: `system-socket.ts` and `node-socket.ts`. */

import type { ShownPicture } from "./sender-types.ts";

export type Packet = {
  readonly bytes: Uint8Array;
  /** UDP port of the group. */
  readonly port: number;
};

/** What leaves at one moment. */
export type TimedPackets = {
  /** Monotonic. */
  readonly atMs: number;
  readonly packets: readonly Packet[];
  /** The picture whose first packet is the first of them. */
  readonly shown: ShownPicture | null;
};

export type PacketSocket = {
  /** Hands packets to the kernel at once, in this order. Their bytes are not changed any more. False where the first of them was refused, as far as that is known by now. */
  readonly send: (packets: readonly Packet[]) => boolean;
  /** Whether `schedule` may be called now. Not every kind of socket can do it, and none on a line that is full. */
  readonly maySchedule: boolean;
  /** Hands over ahead of time what leaves by itself, each moment at its time. `isWatched`: `onShown` is to tell of its pictures. */
  readonly schedule: (moments: readonly TimedPackets[], isWatched: boolean) => void;
  /** Something that was scheduled has not left yet. */
  readonly isUnderWay: boolean;
  readonly close: () => void;
};

/** `leftMs`: monotonic. */
export type OnShown = (picture: ShownPicture, leftMs: number) => void;

export type PacketSocketOptions = {
  readonly group: string;
  readonly ttl: number;
  readonly loopback: boolean;
  /** Address of the interface that is sent from. */
  readonly address: string;
  /**
   * The kernel took packets: told of the first, and of the first after some were refused. The kernel, or a full queue, refused some: of what a firewall refuses (EPERM)
   * the others leave all the same; any other error ends the socket: it is to be closed and opened again. What was refused of packets that were under way then is still told.
   */
  readonly onOutcome: (outcome: SendOutcome) => void;
  /** Of what was scheduled: a picture's first packet has left. */
  readonly onShown?: OnShown;
};

export type SendOutcome =
  | { readonly kind: "sent" }
  /** The queue was full. */
  | ({ readonly kind: "dropped" } & Amount)
  | ({ readonly kind: "refused"; readonly error: Error } & Amount);

/** `bytes`: of UDP payload. */
export type Amount = { readonly packets: number; readonly bytes: number };

export const NO_PACKETS: Amount = { packets: 0, bytes: 0 };

export function amountOf(packets: readonly Packet[]): Amount {
  return { packets: packets.length, bytes: packets.reduce((sum, { bytes }) => sum + bytes.length, 0) };
}

export function sumOf(a: Amount, b: Amount): Amount {
  return { packets: a.packets + b.packets, bytes: a.bytes + b.bytes };
}

/** Throws (or rejects) with an error that has a `code` where the system refuses. */
export type OpenPacketSocket = (options: PacketSocketOptions) => PacketSocket | Promise<PacketSocket>;

/** Bytes that may wait for a socket that the kernel does not take from: a second of a usual channel. */
export const MOST_QUEUED_BYTES = 512 * 1024;
