/** The sound's stream: packets in, an unbroken row of pieces out at their times, zeros where nothing came. Pure. */

import { parseL16Payload } from "../../wire/l16.ts";
import type { ReceivedSound, SoundForm } from "../media.ts";
import type { PlayoutClock } from "../playout/playout-clock.ts";
import { SoundBuffer } from "../reassemble/sound-buffer.ts";
import { leastLeadMs } from "./lead.ts";
import { MediaStream } from "./media-stream.ts";
import type { ReceptionOptions, Taken } from "./media-stream.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Sound leaves this much before its time: so what follows it is known (is there a hole to be faded into?), a block of 7 ms ahead. */
const LOOK_AHEAD_MS = 10;
/** Silence is made up for so long; then the sender is away, and sound begins anew with the next block. */
const AWAY_MS = 1000;

export type SoundCounters = {
  /** Sample frames given out. */
  readonly played: number;
  /** Those of them that had to be replaced by zeros. */
  readonly concealed: number;
};

export class SoundReception {
  readonly stream: MediaStream;
  readonly form: SoundForm;
  readonly #buffer: SoundBuffer;
  #played = 0;
  #concealed = 0;

  constructor(form: SoundForm, options: ReceptionOptions) {
    this.form = form;
    this.stream = new MediaStream({ ...options, clockHz: form.sampleRateHz, hasEnds: false });
    this.#buffer = new SoundBuffer(form, options.latencyMs);
  }

  push(packet: Uint8Array, clock: PlayoutClock, nowMs: number, isAnswer: boolean): void {
    const wasAway = nowMs - this.stream.lastPacketMs > AWAY_MS;
    for (const taken of this.stream.take(packet, clock, nowMs, isAnswer)) this.#put(taken, wasAway);
  }

  #put(taken: Taken, wasAway: boolean): void {
    if (taken.isNewSource || (wasAway && this.#buffer.isEmpty)) this.#buffer.clear();
    const payload = parseL16Payload(taken.payload, this.form.channels);
    if (!payload.ok) return this.stream.countMalformed(payload.reason);
    if (!this.#buffer.push(taken.rtpTs, payload.value.pcm)) this.stream.countLate();
  }

  /** The next piece, `leadMs` and a little before it is to be heard; later where it, or what follows it, is missing. */
  poll(clock: PlayoutClock, leadMs: number, nowMs: number): ReceivedSound | null {
    if (this.nextMs(clock, leadMs) > nowMs || this.#isAway(clock, leadMs, nowMs)) return null;
    const piece = this.#buffer.take();
    if (piece === null) return null;
    const frames = piece.samples.length / this.form.channels;
    this.#played += frames;
    const lostSamples = piece.isLost ? frames : 0;
    this.#concealed += lostSamples;
    const senderMs = this.stream.senderMs(piece.first) ?? 0;
    const times = { senderMs, localMs: clock.localMs(senderMs), playAtMs: clock.showAtMs(senderMs) };
    return { samples: piece.samples, firstSample: piece.first, ...times, lostSamples };
  }

  nextMs(clock: PlayoutClock, leadMs: number): number {
    const { next, isGoingOn } = this.#buffer;
    const senderMs = next === null ? null : this.stream.senderMs(next);
    return senderMs === null ? NEVER : clock.showAtMs(senderMs) - (isGoingOn ? leadMs : leastLeadMs(leadMs)) - LOOK_AHEAD_MS;
  }

  /** When to poll, knowing that nothing is to be waited for from a sender that is away. */
  wakeMs(clock: PlayoutClock, leadMs: number, nowMs: number): number {
    return this.#isAway(clock, leadMs, nowMs) ? NEVER : this.nextMs(clock, leadMs);
  }

  get counters(): SoundCounters {
    return { played: this.#played, concealed: this.#concealed };
  }

  get bufferMs(): number {
    const { next, end } = this.#buffer;
    return next === null || end === null ? 0 : (Math.max(0, end - next) * 1000) / this.form.sampleRateHz;
  }

  /** Or its clock is wrong: after a damaged report a sound may have been due years ago, and silence is not made up for years. */
  #isAway(clock: PlayoutClock, leadMs: number, nowMs: number): boolean {
    if (!this.#buffer.isEmpty) return false;
    return nowMs - this.stream.lastPacketMs > AWAY_MS || nowMs - this.nextMs(clock, leadMs) > AWAY_MS;
  }
}
