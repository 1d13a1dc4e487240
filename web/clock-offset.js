// @ts-check
/** How far the receiver's monotonic clock is ahead of the page's `performance.now()`, from pings: the quickest of the last ones is the truest. */

/** One a second: 16 s, in which two clocks part by less than a millisecond. */
const MOST_SAMPLES = 16;
/** Clocks drift, and a browser's has steps of its own: both are much less than this. */
const MOST_ERROR_MS = 20;

export class ClockOffset {
  /** @type {{ roundTripMs: number, offsetMs: number }[]} */
  #samples = [];

  /**
   * @param {number} sentMs by the page's clock
   * @param {number} serverMs
   * @param {number} receivedMs by the page's clock
   */
  add(sentMs, serverMs, receivedMs) {
    const roundTripMs = receivedMs - sentMs;
    if (roundTripMs < 0) return;
    const offsetMs = serverMs - (sentMs + receivedMs) / 2;
    // Each is right to half of its round trip. What differs by more is of before one of the hosts slept, whose clock stood still then.
    const isOfSameClock = (/** @type {{ roundTripMs: number, offsetMs: number }} */ sample) =>
      Math.abs(sample.offsetMs - offsetMs) <= (sample.roundTripMs + roundTripMs) / 2 + MOST_ERROR_MS;
    this.#samples = [...this.#samples.filter(isOfSameClock).slice(1 - MOST_SAMPLES), { roundTripMs, offsetMs }];
  }

  /** Null: no ping has been answered yet. */
  get offsetMs() {
    const best = this.#samples.reduce((best, sample) => (best === null || sample.roundTripMs <= best.roundTripMs ? sample : best), first);
    return best?.offsetMs ?? null;
  }

  /** After a new connection: it may be to a receiver with another clock. */
  clear() {
    this.#samples = [];
  }
}

/** @type {{ roundTripMs: number, offsetMs: number } | null} */
const first = null;
