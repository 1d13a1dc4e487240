/**
 * Maps an input's own time stamps to the monotonic clock. What comes over a network or a pipe comes late, never early: the earliest arrivals
 * of the last seconds tell where the input's clock is, and how it drifts. Pure.
 */

/** Stamps this near to the time of arrival are taken to be of the monotonic clock itself, as V4L2's are. */
const SAME_CLOCK_US = 500_000;
/** A stamp that is off by more than this begins a new count. */
const JUMP_US = 2_000_000;
/** Nothing comes before it is captured: what seems to, by more than drift explains, has a clock that jumped ahead, or a shorter way. */
const MOST_EARLY_US = 20_000;
/** When all of the last second or two is later than this, it is no hiccup: the clock jumped back, or the way has become longer. */
const MOST_LATE_US = 200_000;
const BUCKET_US = 1_000_000;
const BUCKETS = 10;
/** Until then the earliest arrival is followed at once. */
const SETTLE_US = 2_000_000;
/** Afterwards slowly: no clock drifts by more than this. */
const MOST_SLEW = 0.002;

export class CaptureClock {
  #offsetUs: number | null = null;
  #isSameClock = false;
  #sinceUs = 0;
  #lastUs = 0;
  #buckets: Bucket[] = [];

  /** When something with this stamp was captured, as far as is known now. `arrivedUs`: the monotonic clock, now. */
  map(stampUs: number, arrivedUs: number): number {
    const transitUs = arrivedUs - stampUs;
    if (this.#offsetUs === null || Math.abs(transitUs - this.#offsetUs) > JUMP_US) this.#begin(transitUs, arrivedUs);
    if (this.#isSameClock) return stampUs;
    this.#noteTransit(transitUs, arrivedUs);
    this.#offsetUs = this.#follow(this.#offsetUs ?? transitUs, transitUs, arrivedUs);
    this.#lastUs = arrivedUs;
    return stampUs + this.#offsetUs;
  }

  #begin(transitUs: number, arrivedUs: number): void {
    this.#isSameClock = transitUs >= 0 && transitUs < SAME_CLOCK_US;
    this.#offsetUs = this.#isSameClock ? 0 : transitUs;
    this.#sinceUs = arrivedUs;
    this.#lastUs = arrivedUs;
    this.#buckets = [];
  }

  #follow(beforeUs: number, transitUs: number, arrivedUs: number): number {
    const recent = this.#buckets.slice(-2);
    const isLate = recent.length === 2 && leastOf(recent) > beforeUs + MOST_LATE_US;
    if (isLate || transitUs < beforeUs - MOST_EARLY_US) {
      this.#sinceUs = arrivedUs;
      this.#buckets = recent;
    }
    const most = arrivedUs - this.#sinceUs < SETTLE_US ? Number.POSITIVE_INFINITY : (arrivedUs - this.#lastUs) * MOST_SLEW;
    return beforeUs + Math.max(-most, Math.min(most, leastOf(this.#buckets) - beforeUs));
  }

  #noteTransit(transitUs: number, arrivedUs: number): void {
    const index = Math.floor(arrivedUs / BUCKET_US);
    const last = this.#buckets.at(-1);
    if (last?.index === index) last.leastUs = Math.min(last.leastUs, transitUs);
    else this.#buckets.push({ index, leastUs: transitUs });
    if (this.#buckets.length > BUCKETS) this.#buckets.shift();
  }
}

type Bucket = { readonly index: number; leastUs: number };

function leastOf(buckets: readonly Bucket[]): number {
  return buckets.reduce((least, { leastUs }) => Math.min(least, leastUs), Number.POSITIVE_INFINITY);
}
