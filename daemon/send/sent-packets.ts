/**
 * The last packets of an RTP stream, in memory that two threads share: the one that sends notes them, the other finds those that somebody has lost. So what
 * is asked for never wakes the thread that sends.
 *
 * A packet lies in the slot of its sequence number. Its length is written last, and is 0 while the slot is being written.
 */

import { RTP_HEADER_BYTES } from "../../wire/rtp.ts";
import { SRTP_OVERHEAD_BYTES } from "../../wire/srtp/index.ts";

const LENGTH_BYTES = 4;

export type Room = { readonly slots: number; readonly slotBytes: number };

/** Nearly two seconds of sound, encrypted or not. */
export const SOUND_ROOM: Room = { slots: 256, slotBytes: 1292 + SRTP_OVERHEAD_BYTES };
const MOST_PICTURE_BYTES = 2 << 20;

/** Two or three seconds of a usual channel, a third of a second of the largest pictures: longer than receivers wait for a packet. */
export function pictureRoom(maxPacketBytes: number): Room {
  return { slots: 2 ** Math.floor(Math.log2(MOST_PICTURE_BYTES / maxPacketBytes)), slotBytes: maxPacketBytes };
}

/** What two threads share of a channel. */
export type SharedPackets = { readonly picture: SharedArrayBuffer; readonly sound: SharedArrayBuffer };

export class SentPackets {
  readonly shared: SharedArrayBuffer;
  readonly #slotBytes: number;
  readonly #lengths: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  /** `slots`: a power of two, so that neighbours stay neighbours when sequence numbers wrap; larger packets than `slotBytes` are not kept. `shared`: as another thread's has it. */
  constructor({ slots, slotBytes }: Room, shared: SharedArrayBuffer = new SharedArrayBuffer(slots * (LENGTH_BYTES + slotBytes))) {
    this.shared = shared;
    this.#slotBytes = slotBytes;
    this.#lengths = new Int32Array(shared, 0, slots);
    this.#bytes = new Uint8Array(shared, slots * LENGTH_BYTES);
    this.#view = new DataView(shared, slots * LENGTH_BYTES);
  }

  /** A whole RTP packet. */
  note(packet: Uint8Array): void {
    if (packet.length < RTP_HEADER_BYTES || packet.length > this.#slotBytes) return;
    const slot = this.#slotOf(((packet[2] ?? 0) << 8) | (packet[3] ?? 0));
    Atomics.store(this.#lengths, slot, 0);
    this.#bytes.set(packet, slot * this.#slotBytes);
    Atomics.store(this.#lengths, slot, packet.length);
  }

  /** A copy; null if it is not there any more, or is another source's. */
  find(ssrc: number, sequence: number): Uint8Array | null {
    const slot = this.#slotOf(sequence);
    const length = Atomics.load(this.#lengths, slot);
    if (length === 0 || !this.#isOf(slot, ssrc, sequence)) return null;
    const at = slot * this.#slotBytes;
    const packet = this.#bytes.slice(at, at + length);
    // It may have been written over meanwhile.
    return Atomics.load(this.#lengths, slot) === length && this.#isOf(slot, ssrc, sequence) ? packet : null;
  }

  /** Forgets them: what numbers of 16 bits name means another packet after a while. */
  clear(): void {
    for (let slot = 0; slot < this.#lengths.length; slot++) Atomics.store(this.#lengths, slot, 0);
  }

  #isOf(slot: number, ssrc: number, sequence: number): boolean {
    const at = slot * this.#slotBytes;
    return this.#view.getUint16(at + 2) === sequence && this.#view.getUint32(at + 8) === ssrc;
  }

  #slotOf(sequence: number): number {
    return sequence & (this.#lengths.length - 1);
  }
}
