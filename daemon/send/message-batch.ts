/** The memory that packets are handed to the kernel in: many of them with one call. Laid out for sendmmsg(2); each message begins with what sendmsg(2) takes. */

import { addressOf, AF_INET, MESSAGE_BYTES, SOCKADDR_IN_BYTES } from "./system-calls.ts";
import type { Packet } from "./packet-socket.ts";

/** More than are ever due at one moment; what is more goes with the next call. */
export const MOMENT = { messages: 64, bytes: 128 * 1024 } as const;
/** `struct iovec`: address, length. */
const IOVEC_BYTES = 16;
const WORD = 2 ** 32;

export class MessageBatch {
  /** `struct mmsghdr` each. */
  readonly messages: Uint8Array;
  readonly #messagesAddress: number;
  readonly #view: DataView;
  readonly #vectors: Uint32Array;
  readonly #addresses: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #bytesAddress: number;
  readonly #count: number;

  /** Room for so many messages, and for the bytes of all of them: at least one datagram of the largest size. */
  constructor(room: { readonly messages: number; readonly bytes: number }) {
    this.#count = room.messages;
    this.messages = new Uint8Array(room.messages * MESSAGE_BYTES);
    this.#messagesAddress = addressOf(this.messages);
    this.#vectors = new Uint32Array((room.messages * IOVEC_BYTES) / 4);
    this.#addresses = new Uint8Array(room.messages * SOCKADDR_IN_BYTES);
    this.#bytes = new Uint8Array(room.bytes);
    this.#bytesAddress = addressOf(this.#bytes);
    const vectors = addressOf(new Uint8Array(this.#vectors.buffer));
    const addresses = addressOf(this.#addresses);
    const view = new DataView(this.messages.buffer);
    this.#view = view;
    for (let index = 0; index < room.messages; index++) {
      const at = index * MESSAGE_BYTES;
      view.setBigUint64(at, BigInt(addresses + index * SOCKADDR_IN_BYTES), true);
      view.setUint32(at + 8, SOCKADDR_IN_BYTES, true);
      view.setBigUint64(at + 16, BigInt(vectors + index * IOVEC_BYTES), true);
      view.setBigUint64(at + 24, 1n, true);
      this.#addresses[index * SOCKADDR_IN_BYTES] = AF_INET;
    }
  }

  /** Takes over `packets` from the one at `from` on, for `group` (4 bytes): as many as there is room for, at least one. Returns their number. */
  fill(packets: readonly Packet[], from: number, group: Uint8Array): number {
    let count = 0;
    let end = 0;
    for (let packet = packets[from]; packet !== undefined; packet = packets[from + count]) {
      if (count === this.#count || end + packet.bytes.length > this.#bytes.length) break;
      this.#bytes.set(packet.bytes, end);
      this.#place(count, this.#bytesAddress + end, packet.bytes.length);
      const at = count * SOCKADDR_IN_BYTES;
      this.#addresses[at + 2] = packet.port >>> 8;
      this.#addresses[at + 3] = packet.port;
      this.#addresses.set(group, at + 4);
      end += packet.bytes.length;
      count++;
    }
    return count;
  }

  /** Where a message lies: a `struct msghdr`. */
  addressAt(index: number): number {
    return this.#messagesAddress + index * MESSAGE_BYTES;
  }

  /** Control messages that go with a message, by their address; 0 bytes for none. */
  control(index: number, address: number, bytes: number): void {
    const at = index * MESSAGE_BYTES;
    this.#view.setBigUint64(at + 32, BigInt(address), true);
    this.#view.setBigUint64(at + 40, BigInt(bytes), true);
  }

  #place(index: number, address: number, length: number): void {
    const at = (index * IOVEC_BYTES) / 4;
    this.#vectors[at] = address % WORD;
    this.#vectors[at + 1] = address / WORD;
    this.#vectors[at + 2] = length;
  }
}
