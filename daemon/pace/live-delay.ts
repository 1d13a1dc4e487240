/**
 * How long after its capture something live is sent: as little as its arrivals allow. What comes too late raises the delay at once, since sound
 * would have holes; it falls again when nothing has needed it for a while. Pure.
 */

/** Beyond what was needed, for what the next arrival needs more. */
const MARGIN_MS = 2;
const LEAST_MS = 2;
/** What comes later than this is late, whatever it needs: nobody wants to see a camera later still. */
const MOST_MS = 2000;
const BUCKET_MS = 1000;
const BUCKETS = 10;
/** What came while everything started says little: at first the delay falls as fast as this. */
const SETTLE_MS = 4000;
/** A smaller gain is not worth the jump. */
const LEAST_FALL_MS = 4;

export class LiveDelay {
  readonly #fixedMs: number | null;
  readonly #buckets: { readonly index: number; mostMs: number }[] = [];
  #delayMs: number;
  #fellMs = Number.NEGATIVE_INFINITY;
  #sinceMs: number | null = null;

  /** `fixedMs`: the delay that is wanted whatever comes; null for the least that will do. */
  constructor(fixedMs: number | null) {
    this.#fixedMs = fixedMs;
    this.#delayMs = fixedMs ?? LEAST_MS;
  }

  get delayMs(): number {
    return this.#delayMs;
  }

  /** Something came that would have been in time with a delay of `neededMs`. Returns whether the delay has changed. */
  note(neededMs: number, nowMs: number): boolean {
    if (this.#fixedMs !== null) return false;
    this.#sinceMs ??= nowMs;
    const buckets = nowMs - this.#sinceMs < SETTLE_MS ? 1 : BUCKETS;
    const index = Math.floor(nowMs / BUCKET_MS);
    const last = this.#buckets.at(-1);
    if (last?.index === index) last.mostMs = Math.max(last.mostMs, neededMs);
    else this.#buckets.push({ index, mostMs: neededMs });
    // Seconds in which something came: after a standstill those before it tell that it was one hiccup.
    while (this.#buckets.length > buckets + 1) this.#buckets.shift();
    const [worst, second] = this.#buckets.map(({ mostMs }) => mostMs).toSorted((one, other) => other - one);
    // A single hiccup is past when it has been seen; what happens in two seconds of ten will happen again.
    const mostMs = second ?? worst ?? neededMs;
    const wantedMs = Math.max(LEAST_MS, Math.min(MOST_MS, mostMs + MARGIN_MS));
    const isTooLow = mostMs > this.#delayMs;
    const mayFall = this.#delayMs - wantedMs >= LEAST_FALL_MS && nowMs - this.#fellMs >= BUCKET_MS * buckets;
    if (!isTooLow && !mayFall) return false;
    if (mayFall) this.#fellMs = nowMs;
    this.#delayMs = wantedMs;
    return true;
  }
}
