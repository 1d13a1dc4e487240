/**
 * The receiver's side of SRTP (RFC 3711): packets as they were before, by the keys that it has been told, but nothing that was recorded to be sent again, and nothing
 * that is protected with a key whose time is over. What comes twice within the last packets is for the caller to find. Pure.
 */

import { readU16, readU32 } from "../big-endian.ts";
import { unprotectRtcp, unprotectRtp } from "./packet.ts";
import { nearestIndex, SEQUENCES } from "./packet-index.ts";
import { deriveSessionKeys } from "./session-keys.ts";

/** Packets that lie further behind come too late, but for those that were asked for: they were recorded (RFC 3711, section 3.3.2). */
const MOST_BEHIND = 1000;

/** What was opened with one key. */
type Context = {
  readonly master: Uint8Array;
  readonly keys: ReturnType<typeof deriveSessionKeys>;
  /** By SSRC. */
  readonly opened: Map<number, { readonly first: number; readonly last: number }>;
  /** By SSRC: of the last report. */
  readonly reports: Map<number, number>;
};

export class SrtpReceiver {
  /** The newest first. */
  #contexts: readonly Context[] = [];
  /** By SSRC: rollover counters that no packet has been opened since. */
  #told = new Map<number, number>();

  /** See `tell`. */
  constructor(masters: readonly Uint8Array[], rollovers: ReadonlyMap<number, number>) {
    this.tell(masters, rollovers);
  }

  /**
   * What the sender says by now. `masters`: 30 bytes each, key and salt, in the order in which they take effect. `rollovers`: by SSRC, how often its sequence numbers
   * have begun again; other sources are not listened to. To be told anew after a silence: over half a round of the numbers nothing else says in which round they are.
   */
  tell(masters: readonly Uint8Array[], rollovers: ReadonlyMap<number, number>): void {
    this.#contexts = masters.map((master) => this.#contextOf(master)).toReversed();
    this.#told = new Map(rollovers);
  }

  /** An RTP packet as it was before; null for one that no key opens. `isAskedFor`: it may be older than others. */
  unprotect(packet: Uint8Array, isAskedFor = false): Uint8Array | null {
    const ssrc = readU32(packet, 8);
    const sequence = readU16(packet, 2);
    const indexes = this.#indexesOf(ssrc, sequence);
    let [least, end] = [0, Number.POSITIVE_INFINITY];
    for (const { keys, opened } of this.#contexts) {
      const known = opened.get(ssrc);
      if (known !== undefined && !isAskedFor) least = Math.max(least, known.last - MOST_BEHIND);
      for (const index of indexes) {
        const plain = index >= least && index < end ? unprotectRtp(keys.rtp, packet, index) : null;
        if (plain === null) continue;
        opened.set(ssrc, { first: Math.min(index, known?.first ?? index), last: Math.max(index, known?.last ?? index) });
        this.#told.delete(ssrc);
        return plain;
      }
      // From there on an older key is good no more: who may not watch any longer knows it.
      end = Math.min(end, known?.first ?? end);
    }
    return null;
  }

  unprotectRtcp(packet: Uint8Array): Uint8Array | null {
    const ssrc = readU32(packet, 4);
    for (const { keys, reports } of this.#contexts) {
      const last = reports.get(ssrc);
      const opened = unprotectRtcp(keys.rtcp, packet);
      if (opened !== null && opened.index > (last ?? -1)) {
        reports.set(ssrc, opened.index);
        return opened.packet;
      }
      if (opened !== null || last !== undefined) return null;
    }
    return null;
  }

  #contextOf(master: Uint8Array): Context {
    const known = this.#contexts.find((context) => Buffer.compare(context.master, master) === 0);
    return known ?? { master, keys: deriveSessionKeys(master), opened: new Map(), reports: new Map() };
  }

  /** Nearest to where the source has come to; since the rollover was told the numbers may have begun again, or a packet may be older than that. */
  #indexesOf(ssrc: number, sequence: number): readonly number[] {
    const known = this.#contexts.find(({ opened }) => opened.has(ssrc))?.opened.get(ssrc);
    const nearest = known === undefined ? [] : [nearestIndex(sequence, known.last)];
    const told = this.#told.get(ssrc);
    if (told === undefined) return nearest;
    const index = told * SEQUENCES + sequence;
    return [...nearest, index, index + SEQUENCES, index - SEQUENCES].filter((one) => one >= 0);
  }
}
