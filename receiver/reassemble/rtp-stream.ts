/**
 * One RTP stream as it arrives (RFC 3550, appendix A): which source is listened to, extended sequence numbers and times, duplicates,
 * losses, interarrival jitter. Pure.
 */

import type { RtpPacket } from "../../wire/rtp.ts";
import { distanceU16, distanceU32 } from "../../wire/sequence.ts";
import { MissingPackets } from "./missing-packets.ts";
import type { RepairOutcome } from "./missing-packets.ts";
import { PictureEnd } from "./picture-end.ts";
import { Probation } from "./probation.ts";

/** Another source takes over when the one listened to has been silent for so long. */
const STALE_MS = 2000;
/** A jump further than this is a new beginning, not a loss (RFC 3550 A.1: MAX_DROPOUT, MAX_MISORDER). */
const MOST_AHEAD = 3000;
const MOST_BEHIND = 1000;
/** One packet is not believed a longer jump: after a shorter one that was a stray, the good packets are not yet too far behind. */
const MOST_UNPROVEN = MOST_BEHIND;
/** What a named source sends first lies so near to the time that was told with its name, unless it is a stray. */
const MOST_AWAY_FROM_TOLD_S = 10;
/** Duplicates are known among the last packets: more than any reordering spans. */
const REMEMBERED = 4096;

export type Accepted = {
  readonly packet: RtpPacket;
  /** When it came: what had to wait until another packet proved it came before that one. */
  readonly atMs: number;
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
  /** They had been asked for, and came as answers. */
  readonly repaired: number;
  /** Packets of other sources, and those that are too far from the others to be believed. */
  readonly foreign: number;
};

export class RtpStream {
  readonly #missing: MissingPackets;
  /** Null where the marker does not end what belongs together. */
  readonly #end: PictureEnd | null;
  readonly #clockHz: number;
  #ssrc: number | null;
  #isHeard = false;
  #lastHeardMs = -Infinity;
  readonly #probation = new Probation();
  readonly #toldRtpTs: number | null;
  #highest = 0;
  #base = 0;
  #expectedBefore = 0;
  #received = 0;
  #duplicates = 0;
  #foreign = 0;
  #rtpTs = 0;
  /** When that came. */
  #rtpTsAtMs = 0;
  #jitter = 0;
  #transit: number | null = null;
  #jitterTs = -1;
  /** Of 64 bits: after 2^31 packets, some days of a large picture, 32 do not hold them. */
  readonly #seen = new Float64Array(REMEMBERED).fill(NaN);

  /**
   * `ssrc`: the source to be listened to from the start, null for the first that proves itself by two packets in a row. `rtpTs`: about what it
   * sends now; its first packet is believed by that. Null: it proves itself as well. `patienceMs`: so long a missing packet is of use.
   * `hasEnds`: the marker ends what has the same time.
   */
  constructor(clockHz: number, ssrc: number | null, rtpTs: number | null, patienceMs = 0, hasEnds = false) {
    this.#clockHz = clockHz;
    this.#ssrc = ssrc;
    this.#toldRtpTs = rtpTs;
    this.#missing = new MissingPackets(patienceMs);
    this.#end = hasEnds ? new PictureEnd() : null;
  }

  get ssrc(): number | null {
    return this.#ssrc;
  }

  /** None for a duplicate, for what another source has sent, and for a packet that none has proven yet; several for the one that proves them. */
  accept(packet: RtpPacket, nowMs: number): readonly Accepted[] {
    if (this.#isExpected(packet, nowMs)) {
      this.#probation.clear();
      const accepted = this.#take(packet, nowMs);
      return accepted === null ? [] : [accepted];
    }
    this.#foreign++;
    if (packet.ssrc !== this.#ssrc && !this.#mayTakeOver(nowMs)) return [];
    const proven = this.#probation.take(packet, nowMs);
    if (proven === null) return [];
    this.#foreign -= proven.length;
    if (packet.ssrc !== this.#ssrc) this.#close();
    this.#ssrc = packet.ssrc;
    return proven.flatMap((one) => this.#take(one.packet, one.atMs) ?? []);
  }

  /** One that has come as an answer. None unless it is waited for still: it begins nothing, however late it comes. */
  acceptAnswer(packet: RtpPacket, nowMs: number): readonly Accepted[] {
    if (!this.#isHeard || packet.ssrc !== this.#ssrc) return [];
    const extended = this.#highest + this.#ahead(packet.sequence);
    const isWaitedFor = this.#missing.noteAnswer(extended, nowMs);
    if (!isWaitedFor && this.#seen[slotOf(extended)] === extended) this.#duplicates++;
    const accepted = isWaitedFor ? this.#take(packet, nowMs, true) : null;
    return accepted === null ? [] : [accepted];
  }

  /** Those that are to be asked for now, by their sequence numbers of 16 bits. */
  takeMissing(nowMs: number): readonly number[] {
    if (this.#end !== null && nowMs >= this.#end.overdueMs) {
      // Of how many there are, nothing is known: of the one behind it, when it has come.
      this.#missing.suppose(this.#highest + 1, this.#end.beganMs, this.#end.isNewestAnswer, nowMs);
      this.#end.noteTold();
    }
    return this.#missing.take(nowMs);
  }

  /** When to take again. */
  get nextMissingMs(): number {
    return Math.min(this.#missing.nextMs, this.#end?.overdueMs ?? Infinity);
  }

  /** Nobody will be asked for what is missing now. */
  forgetMissing(): void {
    this.#missing.clear();
    this.#end?.noteTold();
  }

  /** What became of what was asked for. */
  get repairOutcome(): RepairOutcome {
    return this.#missing.outcome;
  }

  /** The extended time that belongs to one in a report; null before the first packet, and for another source's report. */
  extend(ssrc: number, rtpTs: number, nowMs: number): number | null {
    return this.#isHeard && ssrc === this.#ssrc ? this.#extended(rtpTs, nowMs) : null;
  }

  /** The source has said goodbye: the next one need not wait. */
  bye(ssrc: number): void {
    if (ssrc === this.#ssrc) this.#lastHeardMs = -Infinity;
  }

  get counters(): StreamCounters {
    const expected = this.#expectedBefore + (this.#isHeard ? this.#highest - this.#base + 1 : 0);
    const lost = expected - this.#received;
    return {
      received: this.#received,
      expected,
      lost,
      duplicates: this.#duplicates,
      repaired: this.#missing.outcome.came,
      foreign: this.#foreign,
    };
  }

  get jitterMs(): number {
    return (this.#jitter * 1000) / this.#clockHz;
  }

  /** It belongs to what came before, or to what was told. */
  #isExpected(packet: RtpPacket, nowMs: number): boolean {
    const { ssrc, sequence, rtpTs } = packet;
    if (ssrc !== this.#ssrc) return false;
    if (this.#isHeard) return Math.abs(this.#ahead(sequence)) <= MOST_UNPROVEN && !this.#isOfLaterRound(packet, nowMs);
    return this.#toldRtpTs !== null && Math.abs(distanceU32(rtpTs, this.#toldRtpTs)) <= MOST_AWAY_FROM_TOLD_S * this.#clockHz;
  }

  /**
   * Its number is no newer than the highest, but its time is: while nothing was heard the numbers have gone round. That it came after a silence would not tell:
   * so does what was held up on the way, or recorded to be sent again.
   */
  #isOfLaterRound({ sequence, rtpTs }: RtpPacket, nowMs: number): boolean {
    return this.#ahead(sequence) <= 0 && this.#extended(rtpTs, nowMs) - this.#rtpTs > (STALE_MS * this.#clockHz) / 1000;
  }

  #ahead(sequence: number): number {
    return distanceU16(sequence, this.#highest & 0xffff);
  }

  #mayTakeOver(nowMs: number): boolean {
    // One that was named is waited for as long as it takes to be silent.
    if (this.#ssrc !== null && this.#lastHeardMs === -Infinity && !this.#isHeard) this.#lastHeardMs = nowMs;
    return this.#ssrc === null || nowMs - this.#lastHeardMs >= STALE_MS;
  }

  #take(packet: RtpPacket, atMs: number, isAnswer = false): Accepted | null {
    const ahead = this.#ahead(packet.sequence);
    this.#lastHeardMs = atMs;
    const isNewSource = !isAnswer && (!this.#isHeard || ahead > MOST_AHEAD || ahead < -MOST_BEHIND || this.#isOfLaterRound(packet, atMs));
    if (isNewSource) this.#begin(packet, atMs);
    const extended = isNewSource ? packet.sequence : this.#highest + ahead;
    const slot = slotOf(extended);
    const rtpTs = isNewSource ? packet.rtpTs : this.#extended(packet.rtpTs, atMs);
    this.#end?.note({ rtpTs, isLast: packet.marker, isNewest: isNewSource || extended > this.#highest, isAnswer }, atMs);
    if (this.#seen[slot] === extended) {
      this.#duplicates++;
      this.#missing.noteArrival(extended, atMs);
      return null;
    }
    this.#seen[slot] = extended;
    if (extended > this.#highest + 1) this.#missing.note(this.#highest + 1, extended - 1, atMs);
    else if (!isAnswer) this.#missing.noteArrival(extended, atMs);
    this.#highest = Math.max(this.#highest, extended);
    this.#base = Math.min(this.#base, extended);
    this.#received++;
    if (rtpTs >= this.#rtpTs) {
      this.#rtpTs = rtpTs;
      this.#rtpTsAtMs = atMs;
    }
    this.#measureJitter(rtpTs, atMs);
    return { packet, atMs, rtpTs, isNewSource };
  }

  /** Nearest to where the clock has come to by now: half a round of 32 bits is no more than 6.6 hours of a picture's, and a channel may be stopped for a night. */
  #extended(rtpTs: number, nowMs: number): number {
    const by = this.#rtpTs + Math.round((Math.max(0, nowMs - this.#rtpTsAtMs) * this.#clockHz) / 1000);
    return by + distanceU32(rtpTs, by >>> 0);
  }

  #begin(packet: RtpPacket, atMs: number): void {
    this.#close();
    this.#isHeard = true;
    this.#highest = packet.sequence;
    this.#base = packet.sequence;
    this.#rtpTs = packet.rtpTs;
    this.#rtpTsAtMs = atMs;
    this.#transit = null;
    this.#jitterTs = -1;
    this.#seen.fill(NaN);
    this.#missing.clear();
    this.#end?.restart();
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

function slotOf(extended: number): number {
  return ((extended % REMEMBERED) + REMEMBERED) % REMEMBERED;
}
