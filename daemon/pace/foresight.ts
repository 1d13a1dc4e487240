/**
 * How far ahead it is known what will be sent. In: what came, and when. Out: a place of the source's timeline. Pictures and sound each come in order, so what
 * lies before the last that came is complete. Pure.
 */

/** Of a film without sound, or sound without a film, nobody waits for the other: what has not come for this long is left out of account. */
const MISSING_MS = 1000;

type Kind = { untilTimelineMs: number; cameMs: number };

export class Foresight {
  readonly #pictures: Kind = { untilTimelineMs: Number.NEGATIVE_INFINITY, cameMs: 0 };
  readonly #sound: Kind = { untilTimelineMs: Number.NEGATIVE_INFINITY, cameMs: 0 };

  /** A new place begins: nothing is known of it. */
  restart(nowMs: number): void {
    for (const kind of [this.#pictures, this.#sound]) {
      kind.untilTimelineMs = Number.NEGATIVE_INFINITY;
      kind.cameMs = nowMs;
    }
  }

  notePicture(timelineMs: number, nowMs: number): void {
    this.#pictures.untilTimelineMs = timelineMs;
    this.#pictures.cameMs = nowMs;
  }

  noteSound(endTimelineMs: number, nowMs: number): void {
    this.#sound.untilTimelineMs = endTimelineMs;
    this.#sound.cameMs = nowMs;
  }

  /** Up to here everything has come; −∞ where nothing is known. `soundAheadMs`: so much sound a block takes from its place on. */
  knownTimelineMs(nowMs: number, soundAheadMs: number): number {
    const isPictures = nowMs - this.#pictures.cameMs < MISSING_MS;
    const isSound = nowMs - this.#sound.cameMs < MISSING_MS;
    if (!isPictures && !isSound) return Number.NEGATIVE_INFINITY;
    return Math.min(
      isPictures ? this.#pictures.untilTimelineMs : Number.POSITIVE_INFINITY,
      isSound ? this.#sound.untilTimelineMs - soundAheadMs : Number.POSITIVE_INFINITY,
    );
  }
}
