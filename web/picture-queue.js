// @ts-check
/**
 * Pictures that wait for their time, in order of it. Says which is to be decoded next and which is to be shown, and lets go of those that were
 * overtaken. Pure: times come in as arguments, and decoding is somebody else's work.
 */

/** Two seconds of 30 pictures: the receiver sends a fraction of a second ahead. */
const MOST_WAITING = 64;
/** Decoded pictures are large (8 MiB at 1080p), and a few are enough to be ready in time. */
const MOST_DECODED = 4;

/**
 * @template T
 * @typedef {{ showAtMs: number, decoded: T | null, isDecoding: boolean }} Waiting
 */

/**
 * @template {{ close(): void }} B what decoding gives
 * @template {Waiting<B>} P
 */
export class PictureQueue {
  /** @type {P[]} */
  #waiting = [];
  #overtaken = 0;

  /** Pictures that were never shown. */
  get overtaken() {
    return this.#overtaken;
  }

  /** @param {P} picture */
  push(picture) {
    const after = this.#waiting.findLastIndex(({ showAtMs }) => showAtMs <= picture.showAtMs);
    this.#waiting.splice(after + 1, 0, picture);
    if (this.#waiting.length > MOST_WAITING) this.#letGo(1);
  }

  /**
   * The picture to decode now; null: none, for the time being. Of those that are due already only the newest is worth it.
   *
   * @param {number} nowMs
   */
  nextToDecode(nowMs) {
    const busy = this.#waiting.filter(({ decoded, isDecoding }) => decoded !== null || isDecoding).length;
    if (busy >= MOST_DECODED) return null;
    const newestDue = this.#waiting.findLastIndex(({ showAtMs }) => showAtMs <= nowMs);
    return this.#waiting.slice(Math.max(newestDue, 0)).find(({ decoded, isDecoding }) => decoded === null && !isDecoding) ?? null;
  }

  /**
   * The newest picture that is due and decoded; null: none. It and all before it have left the queue.
   *
   * @param {number} nowMs
   * @returns {P | null}
   */
  takeDue(nowMs) {
    const index = this.#waiting.findLastIndex(({ showAtMs, decoded }) => showAtMs <= nowMs && decoded !== null);
    if (index === -1) return null;
    this.#letGo(index);
    return this.#waiting.shift() ?? null;
  }

  /** @param {P} picture that could not be decoded */
  remove(picture) {
    this.#waiting = this.#waiting.filter((other) => other !== picture);
  }

  /** Whether it still waits: decoding may end after its time. @param {P} picture */
  has(picture) {
    return this.#waiting.includes(picture);
  }

  clear() {
    this.#letGo(this.#waiting.length);
  }

  /** @param {number} count of the oldest */
  #letGo(count) {
    for (const { decoded } of this.#waiting.splice(0, count)) decoded?.close();
    this.#overtaken += count;
  }
}
