/**
 * When a source process that died is started again. Pure. The first death is mended at once, repeated ones with growing delays,
 * and a source that never gets anywhere is given up. That the system has no room for a process is no fault of its source.
 */

export type RestartDecision = { readonly kind: "restart"; readonly afterMs: number } | { readonly kind: "give-up" };

/** Delays before the 1st, 2nd, … start again; past the end the source is given up. */
const DELAYS_MS = [0, 250, 500, 1000, 2000, 4000, 8000, 16_000] as const;
/** What is never given up is tried this often in the end: somebody may plug a camera in again, or make room. */
const LONGEST_DELAY_MS = 8000;
/** Having played for this long, a source counts as sound again. */
const HEALTHY_AFTER_MS = 10_000;

export class RestartPolicy {
  readonly #isLive: boolean;
  #deaths = 0;
  /** Starts in a row for which there was no room. */
  #refusals = 0;
  #playingSinceMs: number | null = null;

  constructor(isLive: boolean) {
    this.#isLive = isLive;
  }

  /** A process has delivered media. */
  noteProgress(nowMs: number): void {
    this.#playingSinceMs ??= nowMs;
  }

  /** `hasRun`: false for a process that the system has refused to start. */
  decide(nowMs: number, hasRun: boolean): RestartDecision {
    if (!hasRun) return forEver(this.#refusals++);
    this.#refusals = 0;
    if (this.#playingSinceMs !== null && nowMs - this.#playingSinceMs >= HEALTHY_AFTER_MS) this.#deaths = 0;
    this.#playingSinceMs = null;
    const deaths = this.#deaths++;
    if (this.#isLive) return forEver(deaths);
    const afterMs = DELAYS_MS[deaths];
    return afterMs === undefined ? { kind: "give-up" } : { kind: "restart", afterMs };
  }
}

function forEver(failures: number): RestartDecision {
  return { kind: "restart", afterMs: Math.min(DELAYS_MS[failures] ?? LONGEST_DELAY_MS, LONGEST_DELAY_MS) };
}
