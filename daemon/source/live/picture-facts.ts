/** Size and rate of a live source's pictures as they come: a stream may be another than its first packets said, or become another. Pure. */

import type { ItemInfo } from "../messages.ts";
import type { Size } from "../picture-size.ts";

type VideoFacts = NonNullable<ItemInfo["video"]>;

/** Half of them decide. */
const INTERVALS = 32;
const LEAST_INTERVALS = 16;
/** A rate that is nearer is the same. */
const SAME_RATE = 1.2;
/** Arrivals jitter, and cameras have whole rates. */
const WHOLE_RATE = 0.04;

export class PictureFacts {
  #facts: VideoFacts;
  #lastUs: number | null = null;
  readonly #intervalsUs: number[] = [];

  constructor(facts: VideoFacts) {
    this.#facts = facts;
  }

  /** A picture came, in the order in which they are shown. What is known of them, if that has changed; else null. */
  note(capturedUs: number, { width, height }: Size): VideoFacts | null {
    const before = this.#facts;
    const fps = this.#measure(capturedUs);
    if (fps !== null && !isSameRate(fps, before.fps)) this.#facts = { ...this.#facts, fps };
    if (width !== before.width || height !== before.height) this.#facts = { ...this.#facts, width, height };
    return this.#facts === before ? null : this.#facts;
  }

  /** Null until enough of them have come. */
  #measure(capturedUs: number): number | null {
    const lastUs = this.#lastUs;
    this.#lastUs = capturedUs;
    if (lastUs === null || capturedUs <= lastUs) return null;
    this.#intervalsUs.push(capturedUs - lastUs);
    if (this.#intervalsUs.length > INTERVALS) this.#intervalsUs.shift();
    if (this.#intervalsUs.length < LEAST_INTERVALS) return null;
    const middleUs = this.#intervalsUs.toSorted((one, other) => one - other)[Math.floor(this.#intervalsUs.length / 2)];
    if (middleUs === undefined) return null;
    const fps = 1e6 / middleUs;
    const whole = Math.round(fps);
    return Math.abs(fps - whole) < WHOLE_RATE * whole ? whole : fps;
  }
}

function isSameRate(fps: number, told: number | null): boolean {
  return told !== null && fps < told * SAME_RATE && told < fps * SAME_RATE;
}
