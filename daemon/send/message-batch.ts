/** The memory that packets are handed to the kernel in: many of them with one call. Laid out for sendmmsg(2), made once and used by every socket of a thread. */

import { addressOf, AF_INET, MESSAGE_BYTES, SOCKADDR_IN_BYTES } from "./system-calls.ts";
import type { Packet } from "./packet-socket.ts";

/** More than are ever due at one moment; what is more goes with the next call. */
const MOST_MESSAGES = 64;
/** Twice the largest datagram. */
const MOST_BYTES = 128 * 1024;
/** `struct iovec`: address, length. */
const IOVEC_BYTES = 16;
const WORD = 2 ** 32;

export class MessageBatch {
  /** `struct mmsghdr` each. */
  readonly messages = new Uint8Array(MOST_MESSAGES * MESSAGE_BYTES);
  readonly #vectors = new Uint32Array((MOST_MESSAGES * IOVEC_BYTES) / 4);
  readonly #addresses = new Uint8Array(MOST_MESSAGES * SOCKADDR_IN_BYTES);
  readonly #bytes = new Uint8Array(MOST_BYTES);
  readonly #bytesAddress = addressOf(this.#bytes);

  constructor() {
    const vectors = addressOf(new Uint8Array(this.#vectors.buffer));
    const addresses = addressOf(this.#addresses);
    const view = new DataView(this.messages.buffer);
    for (let index = 0; index < MOST_MESSAGES; index++) {
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
    while (count < MOST_MESSAGES) {
      const packet = packets[from + count];
      if (packet === undefined || end + packet.bytes.length > MOST_BYTES) break;
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

  #place(index: number, address: number, length: number): void {
    const at = (index * IOVEC_BYTES) / 4;
    this.#vectors[at] = address % WORD;
    this.#vectors[at + 1] = address / WORD;
    this.#vectors[at + 2] = length;
  }
}
