/**
 * Packets that nothing vouches for yet: the first ones of a source that nobody has named, or far from all that came before. Two with neighbouring
 * numbers prove each other, as a stray does not (RFC 3550 A.1: MIN_SEQUENTIAL, bad_seq). They wait meanwhile, so that what was a beginning
 * is not lost by having been doubted. Pure.
 */

import type { RtpPacket } from "../../wire/rtp.ts";
import { distanceU16 } from "../../wire/sequence.ts";

export type WaitingPacket = { readonly packet: RtpPacket; readonly atMs: number };

/** Of a picture's burst that came out of order, or of several senders in turn; of one, the second packet ends it. */
const MOST_WAITING = 32;
/** A picture comes each second, even in a pause. What is older proves nothing, and is of no use. */
const LONGEST_MS = 2000;
/** RFC 3550 A.1: MAX_MISORDER. */
const MOST_APART = 1000;

export class Probation {
  #waiting: readonly WaitingPacket[] = [];

  /** Null: it has to wait. Otherwise it has been proven, and so have those that waited with it: all of them, in the order of their numbers. */
  take(packet: RtpPacket, nowMs: number): readonly WaitingPacket[] | null {
    this.#waiting = [...this.#waiting.filter(({ atMs }) => nowMs - atMs <= LONGEST_MS).slice(1 - MOST_WAITING), { packet, atMs: nowMs }];
    const ofSource = this.#waiting.filter(({ packet: { ssrc } }) => ssrc === packet.ssrc);
    const ahead = ({ packet: { sequence } }: WaitingPacket): number => distanceU16(sequence, packet.sequence);
    if (!ofSource.some((other) => Math.abs(ahead(other)) === 1)) return null;
    this.clear();
    return ofSource.filter((other) => Math.abs(ahead(other)) <= MOST_APART).toSorted((a, b) => ahead(a) - ahead(b));
  }

  /** What is good has come in between: who waited was a stray. */
  clear(): void {
    if (this.#waiting.length > 0) this.#waiting = [];
  }
}
