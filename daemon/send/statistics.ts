/** What a sender has done: counters since its start, and rates and lateness over a window. Pure. */

import type { RtpTime } from "../packetize/profile.ts";
import { LatenessCounts, type LatenessHistogram } from "./lateness-histogram.ts";

export type SenderStatistics = SenderState & {
  /** Their first packets left; repetitions are counted apart. */
  readonly framesSent: number;
  /** Repetitions of the last picture while there was no new one. */
  readonly framesRepeated: number;
  readonly badPictures: number;
  readonly audioBlocksSent: number;
  readonly silentBlocks: number;
  /** Over the last two seconds; null with fewer than two pictures in them. */
  readonly measuredFps: number | null;
  /** First packet of a picture against its due time, over the last pictures (at most 1,024); null before the first. */
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** From the capture of a picture to its first packet, of something live, over the last pictures; null where nothing is. */
  readonly captureDelayMs: { readonly p50: number; readonly p95: number; readonly max: number } | null;
  /** The same, of every picture since the start. */
  readonly latenessHistogram: LatenessHistogram;
};

/** What the statistics do not hold themselves, as it stands when they are read. */
export type SenderState = {
  readonly generation: number;
  /** Place in the source's timeline; null before it is settled. */
  readonly timelineMs: number | null;
  readonly isStarved: boolean;
  readonly queuedFrames: number;
  readonly queuedSoundMs: number;
  readonly framesDropped: number;
  /** RTP times of what is due at a time of the sender clock, as the next reports will say; null before the stream has begun. */
  readonly rtpTime: RtpTime | null;
};

const RATE_WINDOW_MS = 2000;
/** About 40 s of a film: enough for a p99, and bounded. */
const LATENESS_SAMPLES = 1024;

export class SendStatistics {
  readonly #sentAtMs = new Float64Array(LATENESS_SAMPLES);
  readonly #latenessMs = new Float64Array(LATENESS_SAMPLES);
  /** NaN for what was not live. */
  readonly #captureDelayMs = new Float64Array(LATENESS_SAMPLES);
  readonly #latenessCounts = new LatenessCounts();
  #framesSent = 0;
  #framesRepeated = 0;
  #badPictures = 0;
  #audioBlocksSent = 0;
  #silentBlocks = 0;

  /** `captureDelayMs`: null for what is not live. */
  countFrame(dueMs: number, nowMs: number, captureDelayMs: number | null): void {
    const slot = this.#framesSent++ % LATENESS_SAMPLES;
    this.#sentAtMs[slot] = nowMs;
    this.#latenessMs[slot] = nowMs - dueMs;
    this.#captureDelayMs[slot] = captureDelayMs ?? Number.NaN;
    this.#latenessCounts.add(nowMs - dueMs);
  }

  countRepeated(): void {
    this.#framesRepeated++;
  }

  countBadPicture(): void {
    this.#badPictures++;
  }

  countSound(isSounding: boolean): void {
    this.#audioBlocksSent++;
    if (!isSounding) this.#silentBlocks++;
  }

  read(nowMs: number, state: SenderState): SenderStatistics {
    return {
      ...state,
      framesSent: this.#framesSent,
      framesRepeated: this.#framesRepeated,
      badPictures: this.#badPictures,
      audioBlocksSent: this.#audioBlocksSent,
      silentBlocks: this.#silentBlocks,
      measuredFps: this.#measureFps(nowMs),
      latenessMs: this.#readLateness(),
      captureDelayMs: this.#readCaptureDelay(),
      latenessHistogram: this.#latenessCounts.read(),
    };
  }

  #measureFps(nowMs: number): number | null {
    const held = Math.min(this.#framesSent, LATENESS_SAMPLES);
    let count = 0;
    let firstMs = nowMs;
    let lastMs = nowMs;
    for (let back = 1; back <= held; back++) {
      const atMs = this.#sentAtMs[(this.#framesSent - back) % LATENESS_SAMPLES] ?? 0;
      if (nowMs - atMs > RATE_WINDOW_MS) break;
      if (count === 0) lastMs = atMs;
      firstMs = atMs;
      count++;
    }
    return count < 2 ? null : ((count - 1) * 1000) / (lastMs - firstMs);
  }

  #readLateness(): SenderStatistics["latenessMs"] {
    const held = Math.min(this.#framesSent, LATENESS_SAMPLES);
    if (held === 0) return null;
    const sorted = this.#latenessMs.slice(0, held).toSorted();
    const at = (share: number) => sorted[Math.min(held - 1, Math.floor(share * held))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  }

  #readCaptureDelay(): SenderStatistics["captureDelayMs"] {
    const sorted = this.#captureDelayMs
      .slice(0, Math.min(this.#framesSent, LATENESS_SAMPLES))
      .filter((delayMs) => !Number.isNaN(delayMs))
      .toSorted();
    if (sorted.length === 0) return null;
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}
