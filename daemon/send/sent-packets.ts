/** The last RTP packets of a channel, for who has lost some of them. Pure. */

import { RTP_HEADER_BYTES } from "../../wire/rtp.ts";

/** Three seconds of a usual channel, half a second of the largest pictures: longer than anybody waits for a packet. */
const MOST_BYTES = 2 << 20;

export class SentPackets {
  /** By source and sequence number; the oldest first. */
  readonly #packets = new Map<number, Uint8Array>();
  #bytes = 0;

  /** A whole RTP packet, whose bytes are not changed any more. */
  note(packet: Uint8Array): void {
    if (packet.length < RTP_HEADER_BYTES) return;
    const header = new DataView(packet.buffer, packet.byteOffset);
    const key = keyOf(header.getUint32(8), header.getUint16(2));
    this.#forget(key);
    this.#packets.set(key, packet);
    this.#bytes += packet.length;
    for (const oldest of this.#packets.keys()) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
  }

  /** Those of the wanted that are still here. */
  find(ssrc: number, sequences: readonly number[]): readonly Uint8Array[] {
    return sequences.flatMap((sequence) => this.#packets.get(keyOf(ssrc, sequence)) ?? []);
  }

  #forget(key: number): void {
    this.#bytes -= this.#packets.get(key)?.length ?? 0;
    this.#packets.delete(key);
  }
}

/** 48 bits, which a number holds. */
function keyOf(ssrc: number, sequence: number): number {
  return ssrc * 65_536 + sequence;
}
