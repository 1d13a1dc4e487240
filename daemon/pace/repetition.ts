/** When a channel without a new picture sends its last one again, so that who joins late sees something. Pure. */

const INTERVAL_MS = 1000;
/** A picture that comes a little after the repetition would be due makes it unnecessary. */
const GRACE_MS = 250;

export class Repetition {
  #dueMs = Number.POSITIVE_INFINITY;

  /** A picture is due then: the next repetition counts from it. */
  restart(pictureDueMs: number): void {
    this.#dueMs = pictureDueMs + INTERVAL_MS;
  }

  /** When it is time, as things stand: never, if a new picture comes soon enough. */
  nextMs(nextPictureMs: number): number {
    return nextPictureMs <= this.#dueMs + GRACE_MS ? Number.POSITIVE_INFINITY : this.#dueMs;
  }

  /** For the one that is sent now: after a time in which nothing could be sent it is due now, and not one for every second of that time. */
  dueMs(nowMs: number): number {
    return nowMs - this.#dueMs > INTERVAL_MS ? nowMs : this.#dueMs;
  }
}
