/** A socket of the system's own: what is due at one moment leaves with one call, and what the kernel said is known when it returns (docs/decisions/cost.md). */

import { constants } from "node:os";
import { MessageBatch } from "./message-batch.ts";
import { MOST_QUEUED_BYTES } from "./packet-socket.ts";
import type { Packet, PacketSocket, PacketSocketOptions } from "./packet-socket.ts";
import { addressBytes, loadSystemCalls, SystemCallError } from "./system-calls.ts";
import type { SystemCalls } from "./system-calls.ts";

const { EAGAIN, ENOBUFS, EINTR } = constants.errno;

/** Throws where the system's calls cannot be reached from here. `calls`: of a test. */
export function createSystemSockets(calls: SystemCalls = loadSystemCalls()): (options: PacketSocketOptions) => PacketSocket {
  const batch = new MessageBatch();
  return (options) => {
    const socket = calls.openUdpSocket();
    try {
      calls.bindToAnyPort(socket);
      calls.setMulticast(socket, options);
    } catch (error) {
      calls.close(socket);
      throw error;
    }
    return new SystemSocket(calls, batch, socket, options);
  };
}

class SystemSocket implements PacketSocket {
  readonly #calls: SystemCalls;
  readonly #batch: MessageBatch;
  readonly #socket: number;
  readonly #group: Uint8Array;
  readonly #onOutcome: PacketSocketOptions["onOutcome"];
  #isProven = false;
  /** What the kernel had no room for: it goes first next time. */
  #held: readonly Packet[] = [];

  constructor(calls: SystemCalls, batch: MessageBatch, socket: number, { group, onOutcome }: PacketSocketOptions) {
    this.#calls = calls;
    this.#batch = batch;
    this.#socket = socket;
    this.#group = addressBytes(group);
    this.#onOutcome = onOutcome;
  }

  send(packets: readonly Packet[]): void {
    if (packets.length === 0 && this.#held.length === 0) return;
    const all = this.#held.length === 0 ? packets : [...this.#held, ...packets];
    this.#held = [];
    for (let sent = 0; sent < all.length;) {
      const count = this.#sendSome(all, sent);
      if (count <= 0) return this.#stop(all.slice(sent), -count);
      sent += count;
    }
    if (this.#isProven) return;
    this.#isProven = true;
    this.#onOutcome({ kind: "sent" });
  }

  close(): void {
    this.#calls.close(this.#socket);
  }

  #sendSome(packets: readonly Packet[], from: number): number {
    const { messages } = this.#batch;
    const count = this.#batch.fill(packets, from, this.#group);
    let sent = this.#calls.sendMessages(this.#socket, messages, count);
    while (sent === -EINTR) sent = this.#calls.sendMessages(this.#socket, messages, count);
    return sent;
  }

  #stop(unsent: readonly Packet[], errno: number): void {
    if (errno === EAGAIN || errno === ENOBUFS) return this.#hold(unsent);
    this.#onOutcome({ kind: "refused", packets: unsent.length, error: new SystemCallError("sendmmsg", errno) });
  }

  /** Of what waits, the oldest stays: the pictures that it belongs to are begun. */
  #hold(unsent: readonly Packet[]): void {
    let bytes = 0;
    const room = unsent.findIndex((packet) => (bytes += packet.bytes.length) > MOST_QUEUED_BYTES);
    this.#held = room < 0 ? unsent : unsent.slice(0, room);
    if (room >= 0) this.#onOutcome({ kind: "dropped", packets: unsent.length - room });
  }
}
