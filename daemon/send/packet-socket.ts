/** What packets leave by: one socket, bound to no group. Two kinds of it: `system-socket.ts` and `node-socket.ts`. */

export type Packet = {
  readonly bytes: Uint8Array;
  /** UDP port of the group. */
  readonly port: number;
};

export type PacketSocket = {
  /** Hands packets to the kernel at once, in this order. Their bytes are not changed any more. */
  readonly send: (packets: readonly Packet[]) => void;
  readonly close: () => void;
};

export type PacketSocketOptions = {
  readonly group: string;
  readonly ttl: number;
  readonly loopback: boolean;
  /** Address of the interface that is sent from. */
  readonly address: string;
  /** The kernel took packets; the kernel, or a full queue, refused some. An error ends the socket: it is to be closed and opened again. */
  readonly onOutcome: (outcome: SendOutcome) => void;
};

export type SendOutcome =
  | { readonly kind: "sent" }
  /** The queue was full. */
  | { readonly kind: "dropped"; readonly packets: number }
  | { readonly kind: "refused"; readonly packets: number; readonly error: Error };

/** Throws (or rejects) with an error that has a `code` where the system refuses. */
export type OpenPacketSocket = (options: PacketSocketOptions) => PacketSocket | Promise<PacketSocket>;

/** Bytes that may wait for a socket that the kernel does not take from: a second of a usual channel. */
export const MOST_QUEUED_BYTES = 512 * 1024;
