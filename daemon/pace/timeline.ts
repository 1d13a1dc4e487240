/**
 * How the source's timeline lies on the clock: something at timeline time t is due at `epoch + t`. The epoch changes on start,
 * resume, seek and a change of pacing, and at no other time.
 */

export class Timeline {
  #epochMs: number | null = null;
  #pausedAtMs: number | null = null;

  /** Null until the first media of a new place has come. */
  get epochMs(): number | null {
    return this.#epochMs;
  }

  get isPaused(): boolean {
    return this.#pausedAtMs !== null;
  }

  /** Forgets the place; the next media sets a new one. */
  clear(): void {
    this.#epochMs = null;
  }

  /** Media for `timelineMs` is here. If the place was open it is settled: due at `dueMs`, or at once while paused (a still). */
  settle(timelineMs: number, dueMs: number, nowMs: number): void {
    if (this.#epochMs !== null) return;
    if (this.#pausedAtMs !== null) this.#pausedAtMs = nowMs;
    this.#epochMs = (this.#pausedAtMs ?? dueMs) - timelineMs;
  }

  /** Something live has another delay from now on. In a pause nothing moves. */
  moveTo(epochMs: number): void {
    if (this.#pausedAtMs === null) this.#epochMs = epochMs;
  }

  pause(nowMs: number): void {
    this.#pausedAtMs ??= nowMs;
  }

  resume(nowMs: number): void {
    if (this.#pausedAtMs === null) return;
    if (this.#epochMs !== null) this.#epochMs += nowMs - this.#pausedAtMs;
    this.#pausedAtMs = null;
  }

  /** The time up to which things are due: it stands still in a pause. */
  clockMs(nowMs: number): number {
    return this.#pausedAtMs ?? nowMs;
  }

  /** Null while no place is settled. */
  positionMs(nowMs: number): number | null {
    return this.#epochMs === null ? null : this.clockMs(nowMs) - this.#epochMs;
  }

  /** The clock time of `timelineMs`; +∞ while it cannot come, and for null. */
  dueMs(timelineMs: number | null): number {
    if (timelineMs === null || this.#epochMs === null || this.#pausedAtMs !== null) return Number.POSITIVE_INFINITY;
    return this.#epochMs + timelineMs;
  }
}
