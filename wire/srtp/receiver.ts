/** The receiver's side of SRTP (RFC 3711): packets as they were before, by the keys that it has been told. What comes twice is for the caller to find. Pure. */

import { readU16, readU32 } from "../big-endian.ts";
import { unprotectRtcp, unprotectRtp } from "./packet.ts";
import { nearestIndex } from "./packet-index.ts";
import { deriveSessionKeys } from "./session-keys.ts";

const SEQUENCES = 2 ** 16;

type Keys = ReturnType<typeof deriveSessionKeys>;

export class SrtpReceiver {
  /** The one that opened the last packet comes first. */
  #keys: readonly Keys[] = [];
  readonly #rollovers: ReadonlyMap<number, number>;
  /** By SSRC: the greatest of packets that were opened. */
  readonly #indexes = new Map<number, number>();

  /** `masters`: 30 bytes each, key and salt. `rollovers`: by SSRC, as it was when the receiver was told; of any other source it is 0. */
  constructor(masters: readonly Uint8Array[], rollovers: ReadonlyMap<number, number>) {
    this.setMasters(masters);
    this.#rollovers = rollovers;
  }

  /** Others, or one more: where packets are to stand on is known already. */
  setMasters(masters: readonly Uint8Array[]): void {
    this.#keys = masters.map(deriveSessionKeys);
  }

  /** An RTP packet as it was before; null for one that no key opens. */
  unprotect(packet: Uint8Array): Uint8Array | null {
    const ssrc = readU32(packet, 8);
    const sequence = readU16(packet, 2);
    for (const index of this.#indexesOf(ssrc, sequence)) {
      const plain = this.#unprotectWith((keys) => unprotectRtp(keys.rtp, packet, index));
      if (plain === null) continue;
      this.#indexes.set(ssrc, Math.max(index, this.#indexes.get(ssrc) ?? 0));
      return plain;
    }
    return null;
  }

  unprotectRtcp(packet: Uint8Array): Uint8Array | null {
    return this.#unprotectWith((keys) => unprotectRtcp(keys.rtcp, packet));
  }

  /** Before the first packet the numbers may have begun again since the rollover was told, or a packet may be older than that. */
  #indexesOf(ssrc: number, sequence: number): readonly number[] {
    const known = this.#indexes.get(ssrc);
    if (known !== undefined) return [nearestIndex(sequence, known)];
    const told = (this.#rollovers.get(ssrc) ?? 0) * SEQUENCES + sequence;
    return [told, told + SEQUENCES, ...(told < SEQUENCES ? [] : [told - SEQUENCES])];
  }

  #unprotectWith(unprotect: (keys: Keys) => Uint8Array | null): Uint8Array | null {
    for (const keys of this.#keys) {
      const plain = unprotect(keys);
      if (plain === null) continue;
      if (keys !== this.#keys[0]) this.#keys = [keys, ...this.#keys.filter((other) => other !== keys)];
      return plain;
    }
    return null;
  }
}
