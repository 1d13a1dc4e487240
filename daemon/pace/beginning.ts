/** When a place whose media has begun to come is sent: with a stock of it, or after a while with what there is. A source comes in lumps, most of all at its start. Pure. */

/** So much lies ready before the first of it is due. */
export const STOCK_MS = 200;
/** A source that takes longer for the stock than this is not waited for. */
const LONGEST_WAIT_MS = 300;

export class Beginning {
  #first: { readonly timelineMs: number; readonly cameMs: number } | null = null;
  #isComplete = false;

  /** Timeline time of the place; null while nothing of it has come, and after a `clear`. */
  get timelineMs(): number | null {
    return this.#first?.timelineMs ?? null;
  }

  /** Media for `timelineMs` has come. */
  note(timelineMs: number, nowMs: number): void {
    this.#first ??= { timelineMs, cameMs: nowMs };
    if (timelineMs - this.#first.timelineMs >= STOCK_MS) this.#isComplete = true;
  }

  /** Nothing more is waited for. */
  complete(): void {
    this.#isComplete = true;
  }

  clear(): void {
    this.#first = null;
    this.#isComplete = false;
  }

  /** When the place is to be settled; −∞: at once, +∞ while nothing has come. */
  get deadlineMs(): number {
    if (this.#first === null) return Number.POSITIVE_INFINITY;
    return this.#isComplete ? Number.NEGATIVE_INFINITY : this.#first.cameMs + LONGEST_WAIT_MS;
  }
}
