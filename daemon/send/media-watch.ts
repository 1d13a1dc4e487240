/** When media was sent last, and what has been told of it. Pure. */

/** The source is asked to skip at most this often. */
const BEHIND_EVENT_INTERVAL_MS = 1000;

export class MediaWatch {
  #lastMs = 0;
  #nextBehindMs = 0;
  #announcedGeneration = -1;

  /** A place begins, or goes on: silence counts from here. */
  restart(nowMs: number): void {
    this.#lastMs = nowMs;
  }

  /** Media was sent. Whether it was the first of its generation. */
  noteMedia(generation: number, nowMs: number): boolean {
    this.#lastMs = nowMs;
    const isFirst = this.#announcedGeneration !== generation;
    this.#announcedGeneration = generation;
    return isFirst;
  }

  silentMs(nowMs: number): number {
    return nowMs - this.#lastMs;
  }

  /** Whether it is time to tell the source again that it is behind; then it counts as told. */
  mayTellBehind(nowMs: number): boolean {
    if (nowMs < this.#nextBehindMs) return false;
    this.#nextBehindMs = nowMs + BEHIND_EVENT_INTERVAL_MS;
    return true;
  }
}
