/** Whether a source that runs only for those who have joined is wanted. Pure. */

/** Somebody who changes the page, or whose network was away for a moment, finds it running. */
const LINGER_MS = 10_000;

export class OnDemand {
  readonly #isOn: boolean;
  #count = 0;
  /** Since when nobody is there. */
  #emptySinceMs: number | null = null;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  get isWanted(): boolean {
    return !this.#isOn || this.#count > 0;
  }

  /** So many are there now. What is to be done, if anything. */
  note(count: number, nowMs: number): "start" | "stop" | null {
    const before = this.#count;
    this.#count = count;
    if (!this.#isOn) return null;
    if (count > 0) {
      this.#emptySinceMs = null;
      return before === 0 ? "start" : null;
    }
    if (before > 0) this.#emptySinceMs = nowMs;
    if (this.#emptySinceMs === null || nowMs - this.#emptySinceMs < LINGER_MS) return null;
    this.#emptySinceMs = null;
    return "stop";
  }
}
