/**
 * What a sound device is to be given, so that each sample comes out at its time: the device plays what it has at its own pace from the first
 * write on. Out: pieces to write, with silence before them, a little longer or shorter, or cut. Pure.
 */

import { Stretch } from "../../playout/stretch.ts";

/** So much may wait in the device: enough for a busy host, and bounded by what the sinks are given ahead of time. */
const MOST_AHEAD_MS = 80;
/** Farther off than this is not followed but jumped to. */
const JUMP_MS = 50;
/** A difference is made good over this time. */
const FOLLOW_MS = 2000;
/** Two seconds: what the loudspeaker cannot take by then is of no use. */
const MOST_BLOCKS = 400;

type Block = { readonly samples: Int16Array; readonly playAtMs: number };

export class DeviceFeed {
  readonly #rate: number;
  readonly #channels: number;
  readonly #stretch: Stretch;
  #blocks: Block[] = [];
  /** When the device plays the next sample that is written; null while it plays nothing. */
  #outMs: number | null = null;
  #jumps = 0;

  constructor(form: { readonly sampleRateHz: number; readonly channels: number }) {
    this.#rate = form.sampleRateHz;
    this.#channels = form.channels;
    this.#stretch = new Stretch(form.channels);
  }

  push(samples: Int16Array, playAtMs: number): void {
    if (this.#blocks.length === MOST_BLOCKS) this.#blocks.shift();
    this.#blocks.push({ samples, playAtMs });
  }

  /** Steps of more than 50 ms. */
  get jumps(): number {
    return this.#jumps;
  }

  /** What to write now; a time to come back at; null: when something was pushed. */
  poll(nowMs: number): { readonly write: Int16Array } | { readonly waitMs: number } | null {
    for (let [block] = this.#blocks; block !== undefined; [block] = this.#blocks) {
      // What it had has been played: it begins anew with the next write.
      if (this.#outMs !== null && this.#outMs < nowMs) this.#outMs = null;
      const aheadMs = (this.#outMs ?? block.playAtMs) - nowMs;
      if (aheadMs > MOST_AHEAD_MS) return { waitMs: aheadMs - MOST_AHEAD_MS };
      this.#blocks.shift();
      const made = this.#outMs === null ? this.#begin(block, nowMs) : this.#follow(block, this.#outMs);
      if (made === null) continue;
      this.#outMs = (this.#outMs ?? nowMs) + this.#lengthMs(made);
      return { write: made };
    }
    return null;
  }

  /** Silence until its time; null if that is past. */
  #begin(block: Block, nowMs: number): Int16Array | null {
    const earlyMs = block.playAtMs - nowMs;
    return earlyMs < 0 ? null : this.#withSilence(earlyMs, block.samples);
  }

  #follow({ samples, playAtMs }: Block, outMs: number): Int16Array | null {
    const errorMs = playAtMs - outMs;
    if (Math.abs(errorMs) <= JUMP_MS) return this.#stretch.apply(samples, errorMs / FOLLOW_MS);
    this.#jumps++;
    return errorMs > 0 ? this.#withSilence(errorMs, samples) : null;
  }

  #withSilence(ms: number, samples: Int16Array): Int16Array {
    const silent = Math.round((ms * this.#rate) / 1000) * this.#channels;
    const made = new Int16Array(silent + samples.length);
    made.set(samples, silent);
    return made;
  }

  #lengthMs(samples: Int16Array): number {
    return ((samples.length / this.#channels) * 1000) / this.#rate;
  }
}
