/**
 * When a source process that died is started again. Pure. The first death is mended at once, repeated ones with growing delays,
 * and a source that never gets anywhere is given up.
 */

export type RestartDecision = { readonly kind: "restart"; readonly afterMs: number } | { readonly kind: "give-up" };

/** Delays before the 1st, 2nd, … start again; past the end the source is given up. */
const DELAYS_MS = [0, 250, 500, 1000, 2000, 4000, 8000, 16_000] as const;
/** Having played for this long, a source counts as sound again. */
const HEALTHY_AFTER_MS = 10_000;

export class RestartPolicy {
  #deaths = 0;
  #playingSinceMs: number | null = null;

  /** A process has delivered media. */
  noteProgress(nowMs: number): void {
    this.#playingSinceMs ??= nowMs;
  }

  decide(nowMs: number): RestartDecision {
    if (this.#playingSinceMs !== null && nowMs - this.#playingSinceMs >= HEALTHY_AFTER_MS) this.#deaths = 0;
    this.#playingSinceMs = null;
    const afterMs = DELAYS_MS[this.#deaths++];
    return afterMs === undefined ? { kind: "give-up" } : { kind: "restart", afterMs };
  }
}
