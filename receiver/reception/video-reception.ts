/** The picture's stream: packets in, each whole picture out at its time, what has a hole dropped and counted. Pure. */

import type { ReceivedPicture } from "../media.ts";
import type { PlayoutClock } from "../playout/playout-clock.ts";
import { PictureAssembler } from "../reassemble/picture-assembler.ts";
import type { AssembledPicture, Size } from "../reassemble/picture-assembler.ts";
import { PictureRow } from "../reassemble/picture-row.ts";
import { leastLeadMs } from "./lead.ts";
import { MediaStream } from "./media-stream.ts";
import type { ReceptionOptions, Taken } from "./media-stream.ts";

const CLOCK_HZ = 90_000;
const NEVER = Number.POSITIVE_INFINITY;
/** A picture that is late by more gives way to the next one, if that is due as well. */
const OVERTAKEN_MS = 15;

export type VideoCounters = {
  readonly shown: number;
  /** They had a hole when their time had come. */
  readonly dropped: number;
  /** Whole, but the next one was due as well: this host was too slow. */
  readonly overtaken: number;
};

export class VideoReception {
  readonly stream: MediaStream;
  readonly #assembler: PictureAssembler;
  readonly #row = new PictureRow();
  #lastRtpTs = -NEVER;
  #hasShown = false;
  #shown = 0;
  #dropped = 0;
  #overtaken = 0;

  constructor(size: Size | null, options: ReceptionOptions) {
    this.stream = new MediaStream({ ...options, clockHz: CLOCK_HZ, hasEnds: true });
    this.#assembler = new PictureAssembler(size, options.latencyMs);
  }

  setSize(size: Size): void {
    this.#assembler.setSize(size);
  }

  push(packet: Uint8Array, clock: PlayoutClock, nowMs: number, isAnswer: boolean): void {
    for (const taken of this.stream.take(packet, clock, nowMs, isAnswer)) this.#put(taken);
  }

  #put(taken: Taken): void {
    if (taken.isNewSource) this.#restart();
    if (taken.rtpTs <= this.#lastRtpTs) return this.stream.countLate();
    const pushed = this.#assembler.push(taken.rtpTs, taken.payload, taken.marker);
    if (pushed.ok) this.#row.note(taken.rtpTs, taken.sequence, taken.marker);
    else this.stream.countMalformed(pushed.reason);
  }

  /** The next picture whose time has come, `leadMs` before it is to be shown, later where a part of it is missing, or the one before it. The first of all at once. */
  poll(clock: PlayoutClock, leadMs: number, nowMs: number): ReceivedPicture | null {
    if (!this.#hasShown) return this.#takeFirst(clock, nowMs);
    for (;;) {
      const { oldest } = this.#assembler;
      if (oldest === null || this.#leaveMs(oldest, clock, leadMs) > nowMs) return null;
      const picture = this.#takeOldest(oldest.rtpTs);
      if (picture === null) this.#dropped++;
      else if (this.#isOvertaken(oldest.rtpTs, clock, leadMs, nowMs)) this.#overtaken++;
      else {
        this.#shown++;
        const senderMs = this.stream.senderMs(oldest.rtpTs) ?? 0;
        return { ...picture, senderMs, localMs: clock.localMs(senderMs), showAtMs: clock.showAtMs(senderMs) };
      }
    }
  }

  nextMs(clock: PlayoutClock, leadMs: number): number {
    const { oldest, oldestWhole } = this.#assembler;
    if (!this.#hasShown) return oldestWhole === null ? NEVER : -NEVER;
    return oldest === null ? NEVER : this.#leaveMs(oldest, clock, leadMs);
  }

  get counters(): VideoCounters {
    return { shown: this.#shown, dropped: this.#dropped + this.#assembler.overflows, overtaken: this.#overtaken };
  }

  /** Media that waits. */
  get bufferMs(): number {
    const { oldest, newestRtpTs } = this.#assembler;
    return oldest === null || newestRtpTs === null ? 0 : ((newestRtpTs - oldest.rtpTs) * 1000) / CLOCK_HZ;
  }

  #takeOldest(rtpTs: number): AssembledPicture | null {
    this.#row.forget(rtpTs);
    this.#lastRtpTs = rtpTs;
    return this.#assembler.takeOldest();
  }

  #restart(): void {
    this.#assembler.clear();
    this.#row.clear();
    this.#lastRtpTs = -NEVER;
    this.#hasShown = false;
  }

  /** Whoever has just joined sees something now, and not after the latency; the second picture comes by the clock. */
  #takeFirst(clock: PlayoutClock, nowMs: number): ReceivedPicture | null {
    const { oldestWhole } = this.#assembler;
    if (oldestWhole === null) return null;
    for (let { oldest } = this.#assembler; oldest !== null; { oldest } = this.#assembler) {
      const picture = this.#takeOldest(oldest.rtpTs);
      if (picture !== null) {
        this.#hasShown = true;
        this.#shown++;
        const senderMs = this.stream.senderMs(oldest.rtpTs) ?? 0;
        // Where nothing is known of the sender's clock yet, it left just now.
        return { ...picture, senderMs, localMs: Math.min(nowMs, clock.localMs(senderMs)), showAtMs: nowMs };
      }
      // The rest of a picture that was under way when we joined: nothing is wrong with it.
      if (oldest.rtpTs >= oldestWhole) this.#dropped++;
    }
    return null;
  }

  #isOvertaken(rtpTs: number, clock: PlayoutClock, leadMs: number, nowMs: number): boolean {
    const next = this.#assembler.oldestWhole;
    // It may have been waited for.
    const latestMs = nowMs + leastLeadMs(leadMs);
    return next !== null && latestMs - this.#dueMs(rtpTs, clock) > OVERTAKEN_MS && this.#dueMs(next, clock) <= latestMs;
  }

  #leaveMs({ rtpTs, isWhole }: { readonly rtpTs: number; readonly isWhole: boolean }, clock: PlayoutClock, leadMs: number): number {
    const isComplete = isWhole && this.#row.isBehindAnother(rtpTs);
    return this.#dueMs(rtpTs, clock) - (isComplete ? leadMs : leastLeadMs(leadMs));
  }

  #dueMs(rtpTs: number, clock: PlayoutClock): number {
    const senderMs = this.stream.senderMs(rtpTs);
    return senderMs === null ? NEVER : clock.showAtMs(senderMs);
  }
}
