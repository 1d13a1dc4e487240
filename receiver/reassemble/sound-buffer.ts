/** Sound that has come, sorted by its place, until its time: out-of-order blocks put right, what is missing replaced by zeros. Pure. */

import type { SoundForm } from "../media.ts";

/** Beyond the latency, whatever the sender's clock is taken for meanwhile; a flood cannot fill the memory. */
const SPARE_MS = 10_000;
/** What is missing and not followed by anything is replaced in pieces of this length: a packet of ours. */
const PIECE_SAMPLES = 320;
/** Sound beside a hole is faded, so that it does not click. */
const FADE_MS = 3;

type Block = { readonly first: number; readonly samples: Int16Array };

export type SoundPiece = {
  readonly first: number;
  readonly samples: Int16Array;
  /** All of it, or nothing. */
  readonly isLost: boolean;
};

export class SoundBuffer {
  readonly #channels: number;
  readonly #fadeSamples: number;
  readonly #mostFrames: number;
  #blocks: Block[] = [];
  #held = 0;
  #next: number | null = null;
  /** What came before the next piece faded out. */
  #isFadedOut = false;

  /** `latencyMs`: so long sound waits here. */
  constructor({ sampleRateHz, channels }: SoundForm, latencyMs: number) {
    this.#channels = channels;
    this.#mostFrames = Math.ceil(((latencyMs + SPARE_MS) * sampleRateHz) / 1000);
    this.#fadeSamples = Math.round((sampleRateHz * FADE_MS) / 1000);
  }

  /** The place of the next piece; null before the first block. */
  get next(): number | null {
    return this.#next ?? this.#blocks[0]?.first ?? null;
  }

  /** The place after the last block that has come. */
  get end(): number | null {
    const last = this.#blocks.at(-1);
    return last === undefined ? this.#next : last.first + last.samples.length / this.#channels;
  }

  /** `pcm`: interleaved, big-endian, whole sample frames. False if its time has passed already, or it is there. */
  push(first: number, pcm: Uint8Array): boolean {
    const frames = pcm.length / (2 * this.#channels);
    if (this.#next !== null && first < this.#next) return false;
    const after = this.#blocks.findLastIndex((block) => block.first <= first);
    const before = this.#blocks[after];
    if (before !== undefined && before.first + before.samples.length / this.#channels > first) return false;
    const behind = this.#blocks[after + 1];
    if ((behind !== undefined && first + frames > behind.first) || this.#held + frames > this.#mostFrames) return false;
    this.#blocks.splice(after + 1, 0, { first, samples: fromBigEndian(pcm) });
    this.#held += frames;
    return true;
  }

  /** The next piece is there, and so is the one behind it. */
  get isGoingOn(): boolean {
    const [block, following] = this.#blocks;
    if (block === undefined || following === undefined || block.first !== this.next) return false;
    return following.first === block.first + block.samples.length / this.#channels;
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** The next piece: what came, or zeros of the length that is missing. Null before the first block. */
  take(): SoundPiece | null {
    const [block, following] = this.#blocks;
    const next = this.#next ?? block?.first ?? null;
    if (next === null) return null;
    if (block?.first !== next) {
      const missing = block === undefined ? PIECE_SAMPLES : Math.min(PIECE_SAMPLES, block.first - next);
      this.#next = next + missing;
      this.#isFadedOut = true;
      return { first: next, samples: new Int16Array(missing * this.#channels), isLost: true };
    }
    this.#blocks.shift();
    const frames = block.samples.length / this.#channels;
    this.#held -= frames;
    this.#next = next + frames;
    if (this.#isFadedOut) this.#fade(block.samples, true);
    this.#isFadedOut = following?.first !== this.#next;
    if (this.#isFadedOut) this.#fade(block.samples, false);
    return { first: next, samples: block.samples, isLost: false };
  }

  /** Begins anew with the next block that comes. */
  clear(): void {
    this.#blocks = [];
    this.#held = 0;
    this.#next = null;
    this.#isFadedOut = false;
  }

  #fade(samples: Int16Array, isIn: boolean): void {
    const frames = samples.length / this.#channels;
    const length = Math.min(this.#fadeSamples, frames);
    for (let step = 0; step < length; step++) {
      const frame = isIn ? step : frames - 1 - step;
      for (let channel = 0; channel < this.#channels; channel++) {
        const at = frame * this.#channels + channel;
        samples[at] = Math.round(((samples[at] ?? 0) * step) / length);
      }
    }
  }
}

function fromBigEndian(pcm: Uint8Array): Int16Array {
  const samples = new Int16Array(pcm.length / 2);
  for (let index = 0; index < samples.length; index++) samples[index] = ((pcm[2 * index] ?? 0) << 8) | (pcm[2 * index + 1] ?? 0);
  return samples;
}
