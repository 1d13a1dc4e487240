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
  /** By SSRC: rollover counters that no packet has been opened since. */
  #told = new Map<number, number>();
  /** By SSRC: the greatest of packets that were opened. */
  readonly #indexes = new Map<number, number>();

  /** See `tell`. */
  constructor(masters: readonly Uint8Array[], rollovers: ReadonlyMap<number, number>) {
    this.tell(masters, rollovers);
  }

  /**
   * What the sender says by now. `masters`: 30 bytes each, key and salt. `rollovers`: by SSRC, how often its sequence numbers have begun again; other sources are
   * not listened to. To be told anew after a silence: over half a round of the numbers nothing else says in which round they are.
   */
  tell(masters: readonly Uint8Array[], rollovers: ReadonlyMap<number, number>): void {
    this.#keys = masters.map(deriveSessionKeys);
    this.#told = new Map(rollovers);
  }

  /** An RTP packet as it was before; null for one that no key opens. */
  unprotect(packet: Uint8Array): Uint8Array | null {
    const ssrc = readU32(packet, 8);
    const sequence = readU16(packet, 2);
    for (const index of this.#indexesOf(ssrc, sequence)) {
      const plain = this.#unprotectWith((keys) => unprotectRtp(keys.rtp, packet, index));
      if (plain === null) continue;
      this.#indexes.set(ssrc, Math.max(index, this.#indexes.get(ssrc) ?? 0));
      this.#told.delete(ssrc);
      return plain;
    }
    return null;
  }

  unprotectRtcp(packet: Uint8Array): Uint8Array | null {
    return this.#unprotectWith((keys) => unprotectRtcp(keys.rtcp, packet));
  }

  /** Since the rollover was told the numbers may have begun again, or a packet may be older than that. */
  #indexesOf(ssrc: number, sequence: number): readonly number[] {
    const [known, told] = [this.#indexes.get(ssrc), this.#told.get(ssrc)];
    const nearest = known === undefined ? [] : [nearestIndex(sequence, known)];
    if (told === undefined) return nearest;
    const index = told * SEQUENCES + sequence;
    return [...nearest, index, index + SEQUENCES, index - SEQUENCES].filter((one) => one >= 0);
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
