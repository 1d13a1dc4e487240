/**
 * Whether asking for missing packets does any good. On a line that is too narrow it does harm: what is sent again takes the place of what comes next, and more is lost. Then, and where
 * nobody answers, nothing is asked for a while. Pure.
 */

import type { RepairOutcome } from "./missing-packets.ts";

/** So many packets were asked for when it is looked at what became of them. */
const LOOK_AFTER = 100;
/** Of them. At random losses of a third, each way, a tenth does not come in time. */
const MOST_FAILED = 20;
/** The first rest; each further one in a row is twice as long. */
const REST_MS = 2000;
const LONGEST_REST_MS = 32_000;

export class RepairEffort {
  #before: RepairOutcome = { came: 0, failed: 0 };
  #restMs = REST_MS;
  #restsUntilMs = -Infinity;

  /** `outcome`: of all that was asked for since the beginning. */
  look(outcome: RepairOutcome, nowMs: number): void {
    const came = outcome.came - this.#before.came;
    const failed = outcome.failed - this.#before.failed;
    if (came + failed < LOOK_AFTER) return;
    this.#before = outcome;
    if (failed > (came + failed) * (MOST_FAILED / LOOK_AFTER)) {
      this.#restsUntilMs = nowMs + this.#restMs;
      this.#restMs = Math.min(2 * this.#restMs, LONGEST_REST_MS);
    } else this.#restMs = REST_MS;
  }

  isResting(nowMs: number): boolean {
    return nowMs < this.#restsUntilMs;
  }
}
