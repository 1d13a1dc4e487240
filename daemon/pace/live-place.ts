/** What is different while a channel sends something live: the delay after capture, and how little may wait. Pure. */

import { LiveDelay } from "./live-delay.ts";

/** No camera is faster than 240 pictures a second. */
const LEAST_INTERVAL_MS = 1000 / 240;

export type LivePlaceOptions = {
  /** From capture to the group; null for as little as will do. */
  readonly delayMs: number | null;
  /** Pictures that may wait beside those whose time has not come. */
  readonly queueFrames: number;
};

export class LivePlace {
  readonly #delay: LiveDelay;
  readonly #queueFrames: number;

  constructor({ delayMs, queueFrames }: LivePlaceOptions) {
    this.#delay = new LiveDelay(delayMs);
    this.#queueFrames = queueFrames;
  }

  /** Something captured at t is due at t + this. */
  get delayMs(): number {
    return this.#delay.delayMs;
  }

  /** Something came that would have been in time with a delay of `neededMs`. Returns whether the delay has changed. */
  noteArrival(neededMs: number, nowMs: number): boolean {
    return this.#delay.note(neededMs, nowMs);
  }

  /** Pictures that may wait. */
  mostFrames(sourceIntervalMs: number | null): number {
    return this.#queueFrames + Math.ceil(this.#delay.delayMs / Math.max(sourceIntervalMs ?? 0, LEAST_INTERVAL_MS));
  }
}
