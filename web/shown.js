// @ts-check
/** What the page really shows, measured over a second: pictures, how late they are, and how far sound and picture are apart. */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

export class Shown {
  /** @type {number[]} From the sender's time to when a picture came out, on the receiver's clock: the same unknown offset is in both. */
  #pictureDelaysMs = [];
  /** @type {number[]} */
  #soundDelaysMs = [];
  /** @type {number[]} */
  #latenessMs = [];

  /** @param {{ senderMs: number, showAtMs: number, shownAtMs: number }} picture */
  picture({ senderMs, showAtMs, shownAtMs }) {
    this.#pictureDelaysMs.push(shownAtMs - senderMs);
    this.#latenessMs.push(shownAtMs - showAtMs);
  }

  /**
   * @param {number} senderMs
   * @param {number} playedAtMs
   */
  sound(senderMs, playedAtMs) {
    this.#soundDelaysMs.push(playedAtMs - senderMs);
  }

  /**
   * Since the last call. `skewMs`: sound before picture; negative: after.
   *
   * @param {number} elapsedMs
   */
  take(elapsedMs) {
    const picture = median(this.#pictureDelaysMs.filter(Number.isFinite));
    const sound = median(this.#soundDelaysMs.filter(Number.isFinite));
    const shown = {
      fps: (this.#pictureDelaysMs.length * 1000) / Math.max(elapsedMs, 1),
      skewMs: picture === null || sound === null ? null : picture - sound,
      latenessMs: median(this.#latenessMs.filter(Number.isFinite)),
    };
    this.#pictureDelaysMs = [];
    this.#soundDelaysMs = [];
    this.#latenessMs = [];
    return shown;
  }
}
