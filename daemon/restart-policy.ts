/**
 * When a source process that died is started again. Pure. The first death is mended at once, repeated ones with growing delays,
 * and a source that never gets anywhere is given up.
 */

export type RestartDecision = { readonly kind: "restart"; readonly afterMs: number } | { readonly kind: "give-up" };

/** Delays before the 1st, 2nd, … start again; past the end the source is given up. */
const DELAYS_MS = [0, 250, 500, 1000, 2000, 4000, 8000, 16_000] as const;
/** What is live is never given up, and tried this often in the end: somebody may plug it in again. */
const LONGEST_LIVE_DELAY_MS = 8000;
/** Having played for this long, a source counts as sound again. */
const HEALTHY_AFTER_MS = 10_000;

export class RestartPolicy {
  readonly #isLive: boolean;
  #deaths = 0;
  #playingSinceMs: number | null = null;

  constructor(isLive: boolean) {
    this.#isLive = isLive;
  }

  /** A process has delivered media. */
  noteProgress(nowMs: number): void {
    this.#playingSinceMs ??= nowMs;
  }

  decide(nowMs: number): RestartDecision {
    if (this.#playingSinceMs !== null && nowMs - this.#playingSinceMs >= HEALTHY_AFTER_MS) this.#deaths = 0;
    this.#playingSinceMs = null;
    const afterMs = DELAYS_MS[this.#deaths++];
    if (this.#isLive) return { kind: "restart", afterMs: Math.min(afterMs ?? LONGEST_LIVE_DELAY_MS, LONGEST_LIVE_DELAY_MS) };
    return afterMs === undefined ? { kind: "give-up" } : { kind: "restart", afterMs };
  }
}
