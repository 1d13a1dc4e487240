/** What picture and sound have in common on their way in: the packet's header, whose it is, and the sender's time that belongs to it. Pure. */

import { parseRtp } from "../../wire/rtp.ts";
import type { PlayoutClock } from "../playout/playout-clock.ts";
import { RtpClock } from "../playout/rtp-clock.ts";
import { RtpStream } from "../reassemble/rtp-stream.ts";
import type { Accepted, StreamCounters } from "../reassemble/rtp-stream.ts";

/** A thing that is to be shown further from now is none of this stream: no latency and no network delay is so long. */
const MOST_AWAY_MS = 10_000;
/** One such packet is damaged; so many in a row are a clock that was told wrongly. */
const MOST_FAR = 32;
/** Reasons are constants of the parsers; a few dozen. */
const MOST_REASONS = 64;

/** An RTP time and the sender's time that belongs to it, as `session.join` tells it. */
export type RtpTime = { readonly senderMs: number; readonly rtpTs: number };

/** What picture and sound are received by; `ssrc`, `time`: null where nobody told. */
export type ReceptionOptions = {
  readonly payloadType: number;
  readonly ssrc: number | null;
  readonly time: RtpTime | null;
  readonly latencyMs: number;
  /** So long after it was missed a packet is of use still. */
  readonly patienceMs: number;
};

export type Taken = {
  readonly rtpTs: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  readonly marker: boolean;
  readonly isNewSource: boolean;
};

/** `hasEnds`: the marker ends what has the same time. */
type Options = ReceptionOptions & { readonly clockHz: number; readonly hasEnds: boolean };

export class MediaStream {
  readonly #rtp: RtpStream;
  readonly #clock: RtpClock;
  readonly #payloadType: number;
  #joinTime: RtpTime | null;
  #lastPacketMs = -Infinity;
  #late = 0;
  #farInARow = 0;
  #malformed = new Map<string, number>();

  constructor({ clockHz, payloadType, ssrc, time, patienceMs, hasEnds }: Options) {
    this.#rtp = new RtpStream(clockHz, ssrc, time?.rtpTs ?? null, patienceMs, hasEnds);
    this.#clock = new RtpClock(clockHz);
    this.#payloadType = payloadType;
    this.#joinTime = time;
  }

  /** One packet from the network: none if it is none of this stream, or there already; with it those that waited for it to prove them. `isAnswer`: it was asked for. */
  take(bytes: Uint8Array, playout: PlayoutClock, nowMs: number, isAnswer: boolean): readonly Taken[] {
    const packet = parseRtp(bytes);
    if (!packet.ok) {
      this.countMalformed(packet.reason);
      return [];
    }
    if (packet.value.payloadType !== this.#payloadType) {
      this.countMalformed("RTP: another payload type");
      return [];
    }
    const accepted = isAnswer ? this.#rtp.acceptAnswer(packet.value, nowMs) : this.#rtp.accept(packet.value, nowMs);
    return accepted.flatMap((one) => this.#takeAccepted(one, playout) ?? []);
  }

  #takeAccepted({ packet, atMs, rtpTs, isNewSource }: Accepted, playout: PlayoutClock): Taken | null {
    this.#lastPacketMs = atMs;
    if (isNewSource) this.#begin(packet.ssrc, atMs);
    this.#clock.guess(playout.senderMs(atMs), rtpTs);
    if (this.#isFar(rtpTs, playout, atMs)) {
      this.countMalformed("RTP: a time that is far from now");
      if (++this.#farInARow < MOST_FAR) return null;
      // It is not the packets that are wrong, but what was reported of their clock.
      this.#clock.clear();
      this.#clock.guess(playout.senderMs(atMs), rtpTs);
    }
    this.#farInARow = 0;
    return { rtpTs, sequence: packet.sequence, payload: packet.payload, marker: packet.marker, isNewSource };
  }

  /** What joining has told is on the sender's clock: before that is known by a ping, nothing lies near to now. */
  #isFar(rtpTs: number, playout: PlayoutClock, atMs: number): boolean {
    if (this.#clock.isTold && !playout.isSet) return false;
    return Math.abs((this.senderMs(rtpTs) ?? 0) - playout.senderMs(atMs)) > MOST_AWAY_MS;
  }

  /** A sender report; false if it is another source's. */
  report(ssrc: number, rtpTs: number, senderMs: number, nowMs: number): boolean {
    const extended = this.#rtp.extend(ssrc, rtpTs, nowMs);
    if (extended === null) return false;
    this.#clock.report(senderMs, extended);
    return true;
  }

  /** What is to be asked for, and what became of it. */
  get repair(): Pick<RtpStream, "takeMissing" | "nextMissingMs" | "forgetMissing" | "repairOutcome"> {
    return this.#rtp;
  }

  get ssrc(): number | null {
    return this.#rtp.ssrc;
  }

  /** The sender's clock turned out to show something else than it was taken to show. */
  shiftGuess(byMs: number): void {
    this.#clock.shiftGuess(byMs);
  }

  bye(ssrc: number): void {
    this.#rtp.bye(ssrc);
  }

  /** On the sender's clock; null before anything is known. */
  senderMs(rtpTs: number): number | null {
    return this.#clock.senderMs(rtpTs);
  }

  countLate(): void {
    this.#late++;
  }

  countMalformed(reason: string): void {
    if (this.#malformed.size < MOST_REASONS || this.#malformed.has(reason))
      this.#malformed.set(reason, (this.#malformed.get(reason) ?? 0) + 1);
  }

  get malformed(): ReadonlyMap<string, number> {
    return this.#malformed;
  }

  get late(): number {
    return this.#late;
  }

  get counters(): StreamCounters {
    return this.#rtp.counters;
  }

  get jitterMs(): number {
    return this.#rtp.jitterMs;
  }

  get lastPacketMs(): number {
    return this.#lastPacketMs;
  }

  /** The time that came with the join holds for the source that was named, and for it alone. */
  #begin(ssrc: number, nowMs: number): void {
    this.#clock.clear();
    const time = this.#joinTime;
    this.#joinTime = null;
    const extended = time === null ? null : this.#rtp.extend(ssrc, time.rtpTs, nowMs);
    if (time !== null && extended !== null) this.#clock.report(time.senderMs, extended);
  }
}
