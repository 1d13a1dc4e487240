/** How late pictures left, counted in buckets since the start: a lateness in ms goes in, counts come out. Pure; counting allocates nothing. */

export type LatenessHistogram = {
  /** For each of `LATENESS_BOUNDS_MS` how many were at most as late (cumulative). */
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sumMs: number;
};

/** From a tenth of a millisecond, which is what the sender reaches, to a second, which nobody can use any more. */
export const LATENESS_BOUNDS_MS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000] as const;

export class LatenessCounts {
  readonly #counts = new Float64Array(LATENESS_BOUNDS_MS.length);
  #count = 0;
  #sumMs = 0;

  /** What leaves early, with a wake-up that happens anyway, is not late. */
  add(latenessMs: number): void {
    this.#count++;
    if (latenessMs > 0) this.#sumMs += latenessMs;
    for (let bucket = 0; bucket < LATENESS_BOUNDS_MS.length; bucket++) {
      if (latenessMs > (LATENESS_BOUNDS_MS[bucket] ?? 0)) continue;
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
      return;
    }
  }

  read(): LatenessHistogram {
    let sum = 0;
    const atMost = Array.from(this.#counts, (count) => (sum += count));
    return { atMost, count: this.#count, sumMs: this.#sumMs };
  }
}
