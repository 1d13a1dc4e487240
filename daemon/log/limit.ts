/** PURE. The same line again and again is written a few times, then counted: lines and the time go in, what to write comes out. */

/** A line that was held back, and how often. */
export type HeldBack = { readonly line: string; readonly level: number; readonly times: number };

/** As long as journald's own interval. */
const WINDOW_MS = 30_000;
/** Enough to see that it comes again and again, and how fast. */
const MOST_IN_WINDOW = 5;
/** Different lines that are remembered; a flood of different ones is journald's affair. */
const MOST_LINES = 256;

type Seen = { readonly sinceMs: number; readonly level: number; times: number };

export class LogLimit {
  /** In the order of their windows' beginnings. */
  readonly #seen = new Map<string, Seen>();

  /** Whether this line may be written now. */
  admit(line: string, level: number, nowMs: number): boolean {
    const seen = this.#seen.get(line);
    if (seen === undefined) {
      if (this.#seen.size < MOST_LINES) this.#seen.set(line, { sinceMs: nowMs, level, times: 1 });
      return true;
    }
    seen.times++;
    return seen.times <= MOST_IN_WINDOW;
  }

  /** Ends the windows that are over; what was held back in them is to be told. */
  takeEnded(nowMs: number): readonly HeldBack[] {
    const held: HeldBack[] = [];
    for (const [line, { sinceMs, level, times }] of this.#seen) {
      if (nowMs - sinceMs < WINDOW_MS) break;
      this.#seen.delete(line);
      if (times > MOST_IN_WINDOW) held.push({ line, level, times: times - MOST_IN_WINDOW });
    }
    return held;
  }
}
