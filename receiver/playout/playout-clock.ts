/**
 * When this host shows what the sender's clock has stamped: sender's time + latency, in this host's own time. Follows the estimate of the
 * sender's clock by a hair at a time, so that sound need only be resampled, never cut; jumps only where the estimate is far away. Pure.
 */

/** ±0.1 %: no ear hears it. */
const MOST_SLEW = 0.001;
/** The estimate is noisy: it is approached over this time rather than run after. */
const APPROACH_MS = 2000;
/** Farther than this is not caught up with by slewing within a minute: jump, and count it. */
const JUMP_MS = 50;

export class PlayoutClock {
  readonly #latencyMs: number;
  /** Sender's clock minus here, as it is applied. Null: with nothing to go by yet, what arrives now left now. */
  #offsetMs: number | null = null;
  #atMs = 0;
  #isHeld = false;
  #jumps = 0;

  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
  }

  /** `offsetMs`: the estimate as of `nowMs`. */
  follow(offsetMs: number, nowMs: number): void {
    const applied = this.#offsetMs;
    const passedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    if (applied === null || !this.#isHeld) {
      this.#offsetMs = offsetMs;
      return;
    }
    const error = offsetMs - applied;
    if (Math.abs(error) > JUMP_MS) {
      this.#offsetMs = offsetMs;
      this.#jumps++;
      return;
    }
    const most = passedMs * MOST_SLEW;
    const wanted = error * Math.min(1, passedMs / APPROACH_MS);
    this.#offsetMs = applied + Math.max(-most, Math.min(most, wanted));
  }

  /** From now on something is shown by this clock: no more free steps. */
  hold(): void {
    this.#isHeld = true;
  }

  /** What was applied before was no estimate at all. */
  set(offsetMs: number, nowMs: number): void {
    this.#offsetMs = offsetMs;
    this.#atMs = nowMs;
  }

  /** The sender's clock is known. */
  get isSet(): boolean {
    return this.#offsetMs !== null;
  }

  get jumps(): number {
    return this.#jumps;
  }

  /** This host's time at which a thing is to be shown. */
  showAtMs(senderMs: number): number {
    return this.localMs(senderMs) + this.#latencyMs;
  }

  /** What this host's clock shows when the sender's shows that. */
  localMs(senderMs: number): number {
    return senderMs - (this.#offsetMs ?? 0);
  }

  /** The sender's time as of here. */
  senderMs(nowMs: number): number {
    return nowMs + (this.#offsetMs ?? 0);
  }
}
