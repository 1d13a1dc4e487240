/** When sender reports leave: every second from the start on, however late one of them was. Pure. */

const INTERVAL_MS = 1000;

export class ReportClock {
  readonly #mergeMs: number;
  #nextMs = Number.POSITIVE_INFINITY;

  /** `mergeMs`: a report that is nearly due leaves with a wake-up that happens anyway. */
  constructor(mergeMs: number) {
    this.#mergeMs = mergeMs;
  }

  get nextMs(): number {
    return this.#nextMs;
  }

  start(atMs: number): void {
    this.#nextMs = atMs;
  }

  /** Whether one is due; then the next one is a second later, and what was missed is left out. */
  take(nowMs: number): boolean {
    if (this.#nextMs > nowMs + this.#mergeMs) return false;
    const missed = Math.floor((nowMs + this.#mergeMs - this.#nextMs) / INTERVAL_MS);
    this.#nextMs += (missed + 1) * INTERVAL_MS;
    return true;
  }
}
