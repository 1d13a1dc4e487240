/**
 * The channel's unbroken line of sound. In: pieces of PCM at places of the source's timeline. Out: any stretch of it, with
 * silence where nothing came. The caller maps session time to the timeline; pauses, seeks and take-overs are a matter of that map.
 */

import { applyVolume } from "./volume.ts";

export type SoundPiece = {
  /** Index of the first sample frame since timeline 0. */
  readonly timelineSample: number;
  /** Interleaved signed 16 bit, big-endian. */
  readonly pcm: Uint8Array;
};

export class SoundTrack {
  readonly #pieces: SoundPiece[] = [];
  readonly #bytesPerSample: number;
  #volume: number;
  /** What the last stretch ended with: the next one begins there, so that a change makes no click. */
  #reachedVolume: number;
  #queuedSamples = 0;
  #removedSamples = 0;

  /** `channels`: interleaved channels of 16 bit. `volume`: factor for every sample. */
  constructor(channels: number, volume: number) {
    this.#bytesPerSample = channels * 2;
    this.#volume = volume;
    this.#reachedVolume = volume;
  }

  /** Reached at the end of the next stretch that is pulled. */
  setVolume(volume: number): void {
    this.#volume = volume;
  }

  push(piece: SoundPiece): void {
    this.#pieces.push(piece);
    this.#queuedSamples += this.#length(piece);
  }

  clear(): void {
    this.#removedSamples += this.#queuedSamples;
    this.#queuedSamples = 0;
    this.#pieces.length = 0;
  }

  /** Sample frames that wait, parts already played of the piece in hand included. */
  get queuedSamples(): number {
    return this.#queuedSamples;
  }

  /** Sample frames that have left the queue for whatever reason. */
  get removedSamples(): number {
    return this.#removedSamples;
  }

  /** The timeline sample after the last one that waits; null when nothing waits. */
  get endSample(): number | null {
    const last = this.#pieces.at(-1);
    return last === undefined ? null : last.timelineSample + this.#length(last);
  }

  /**
   * Copies the sample frames `[from, from + count)` of the timeline into `target` (which holds zeros) at `offset`.
   * Everything before them is forgotten. Returns how many were there; the rest stays silence.
   */
  pull(from: number, count: number, target: Uint8Array, offset: number): number {
    let found = 0;
    let first = this.#pieces[0];
    while (first !== undefined) {
      const end = first.timelineSample + this.#length(first);
      const start = Math.max(first.timelineSample, from);
      const stop = Math.min(end, from + count);
      if (start < stop) {
        const size = this.#bytesPerSample;
        const part = first.pcm.subarray((start - first.timelineSample) * size, (stop - first.timelineSample) * size);
        target.set(part, offset + (start - from) * size);
        found += stop - start;
      }
      if (end > from + count) break;
      this.#pieces.shift();
      this.#queuedSamples -= this.#length(first);
      this.#removedSamples += this.#length(first);
      first = this.#pieces[0];
    }
    if (found > 0) applyVolume(target.subarray(offset, offset + count * this.#bytesPerSample), this.#reachedVolume, this.#volume);
    this.#reachedVolume = this.#volume;
    return found;
  }

  #length(piece: SoundPiece): number {
    return Math.floor(piece.pcm.length / this.#bytesPerSample);
  }
}
