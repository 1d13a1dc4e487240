/**
 * One RTP stream as it arrives (RFC 3550, appendix A): which source is listened to, extended sequence numbers and times, duplicates,
 * losses, interarrival jitter. Pure.
 */

import type { RtpPacket } from "../../wire/rtp.ts";
import { distanceU16, distanceU32 } from "../../wire/sequence.ts";

/** Another source takes over when the one listened to has been silent for so long. */
const STALE_MS = 2000;
/** A jump further than this is a new beginning, not a loss (RFC 3550 A.1: MAX_DROPOUT, MAX_MISORDER). */
const MOST_AHEAD = 3000;
const MOST_BEHIND = 1000;
/** One packet is not believed a longer jump: after a shorter one that was a stray, the good packets are not yet too far behind. */
const MOST_UNPROVEN = MOST_BEHIND;
/** Duplicates are known among the last packets: more than any reordering spans. */
const REMEMBERED = 4096;

export type Accepted = {
  /** Extended: it goes on growing over the wrap of 32 bits. */
  readonly rtpTs: number;
  /** The first packet of a source that was not listened to before, or of a new beginning. */
  readonly isNewSource: boolean;
};

/** Since the beginning. `lost` can fall again: what was missing may still come. */
export type StreamCounters = {
  readonly received: number;
  readonly expected: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Packets of other sources, and those that are too far from the others to be believed. */
  readonly foreign: number;
};

export class RtpStream {
  readonly #clockHz: number;
  #ssrc: number | null;
  #isHeard = false;
  #lastHeardMs = -Infinity;
  /** What may be the first packet of another source, or of a new beginning: the next one in sequence proves it (RFC 3550 A.1: bad_seq). */
  #candidate: { readonly ssrc: number; readonly sequence: number } | null = null;
  #highest = 0;
  #base = 0;
  #expectedBefore = 0;
  #received = 0;
  #duplicates = 0;
  #foreign = 0;
  #rtpTs = 0;
  #jitter = 0;
  #transit: number | null = null;
  #jitterTs = -1;
  /** Of 64 bits: after 2^31 packets, some days of a large picture, 32 do not hold them. */
  readonly #seen = new Float64Array(REMEMBERED).fill(NaN);

  /** `ssrc`: the source to be listened to from the start, null for the first that proves itself by two packets in a row. */
  constructor(clockHz: number, ssrc: number | null) {
    this.#clockHz = clockHz;
    this.#ssrc = ssrc;
  }

  get ssrc(): number | null {
    return this.#ssrc;
  }

  /** Null for a duplicate, for what another source has sent, and for a packet far from the others that none has followed yet. */
  accept(packet: RtpPacket, nowMs: number): Accepted | null {
    if (packet.ssrc !== this.#ssrc && !this.#takesOver(packet, nowMs)) {
      this.#foreign++;
      return null;
    }
    const ahead = distanceU16(packet.sequence, this.#highest & 0xffff);
    if (this.#isHeard && Math.abs(ahead) > MOST_UNPROVEN && !this.#isProven(packet)) {
      this.#foreign++;
      return null;
    }
    this.#candidate = null;
    this.#lastHeardMs = nowMs;
    const isNewSource = !this.#isHeard || ahead > MOST_AHEAD || ahead < -MOST_BEHIND;
    if (isNewSource) this.#begin(packet);
    const extended = isNewSource ? packet.sequence : this.#highest + ahead;
    const slot = ((extended % REMEMBERED) + REMEMBERED) % REMEMBERED;
    if (this.#seen[slot] === extended) {
      this.#duplicates++;
      return null;
    }
    this.#seen[slot] = extended;
    this.#highest = Math.max(this.#highest, extended);
    this.#base = Math.min(this.#base, extended);
    this.#received++;
    const rtpTs = isNewSource ? packet.rtpTs : this.#rtpTs + distanceU32(packet.rtpTs, this.#rtpTs >>> 0);
    if (rtpTs >= this.#rtpTs) this.#rtpTs = rtpTs;
    this.#measureJitter(rtpTs, nowMs);
    return { rtpTs, isNewSource };
  }

  /** The extended time that belongs to one in a report; null before the first packet, and for another source's report. */
  extend(ssrc: number, rtpTs: number): number | null {
    return this.#isHeard && ssrc === this.#ssrc ? this.#rtpTs + distanceU32(rtpTs, this.#rtpTs >>> 0) : null;
  }

  /** The source has said goodbye: the next one need not wait. */
  bye(ssrc: number): void {
    if (ssrc === this.#ssrc) this.#lastHeardMs = -Infinity;
  }

  get counters(): StreamCounters {
    const expected = this.#expectedBefore + (this.#isHeard ? this.#highest - this.#base + 1 : 0);
    return { received: this.#received, expected, lost: expected - this.#received, duplicates: this.#duplicates, foreign: this.#foreign };
  }

  get jitterMs(): number {
    return (this.#jitter * 1000) / this.#clockHz;
  }

  #takesOver(packet: RtpPacket, nowMs: number): boolean {
    if (this.#isHeard && nowMs - this.#lastHeardMs < STALE_MS) return false;
    // One that was named is waited for as long as it takes to be silent.
    if (this.#ssrc !== null && this.#lastHeardMs === -Infinity && !this.#isHeard) this.#lastHeardMs = nowMs;
    if (this.#ssrc !== null && nowMs - this.#lastHeardMs < STALE_MS) return false;
    if (!this.#isProven(packet)) return false;
    this.#close();
    this.#ssrc = packet.ssrc;
    this.#isHeard = false;
    return true;
  }

  /** True for the packet that follows the candidate; another one becomes the candidate. */
  #isProven({ ssrc, sequence }: RtpPacket): boolean {
    const known = this.#candidate;
    this.#candidate = { ssrc, sequence };
    return known?.ssrc === ssrc && distanceU16(sequence, known.sequence) === 1;
  }

  #begin(packet: RtpPacket): void {
    this.#close();
    this.#isHeard = true;
    this.#highest = packet.sequence;
    this.#base = packet.sequence;
    this.#rtpTs = packet.rtpTs;
    this.#transit = null;
    this.#jitterTs = -1;
    this.#seen.fill(NaN);
  }

  /** What a source was owed stays counted when another begins. */
  #close(): void {
    if (this.#isHeard) this.#expectedBefore += this.#highest - this.#base + 1;
    this.#isHeard = false;
  }

  /** RFC 3550 A.8, by the first packet of each time alone: the packets of a picture are spread on purpose. */
  #measureJitter(rtpTs: number, nowMs: number): void {
    if (rtpTs <= this.#jitterTs) return;
    this.#jitterTs = rtpTs;
    const transit = (nowMs * this.#clockHz) / 1000 - rtpTs;
    if (this.#transit !== null) this.#jitter += (Math.abs(transit - this.#transit) - this.#jitter) / 16;
    this.#transit = transit;
  }
}
