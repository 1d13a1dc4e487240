/**
 * When the end of the newest picture is overdue. A packet is known to be missing when one behind it comes, and behind the end of a picture nothing comes before the next one begins. But a
 * sender spreads each picture over about the same time, however many packets it has. In: packets as they come. Out: when the end should have come. Pure.
 */

/** A group of packets leaves a little earlier or later, and so do the wake-ups of both hosts. */
const SPARE_MS = 5;
/** What is learned of the spread holds for as long again: some pictures, however few of them a second are sent. */
const LEARN_MS = 5000;

export type PicturePacket = {
  /** Extended. */
  readonly rtpTs: number;
  /** The marker. */
  readonly isLast: boolean;
  /** Nothing behind it has come. */
  readonly isNewest: boolean;
  readonly isAnswer: boolean;
};

export class PictureEnd {
  #rtpTs = -Infinity;
  #beganMs = 0;
  /** Neither has the end come, nor has what is behind the newest packet been told to be overdue. */
  #isAwaited = false;
  #isOver = false;
  #isNewestAnswer = false;
  /** It may have been under way when we joined. */
  #isFirst = true;
  /** Pictures are told by their ends, and how long they take is known of some. */
  #hasEnds = false;
  /** The longest from a picture's first packet to one that came by itself: in this while, and in the one before. */
  #tookMs = 0;
  #tookBeforeMs = 0;
  #learnUntilMs = -Infinity;

  /** Duplicates as well: what came as an answer too early comes by itself later, and is learned from. */
  note({ rtpTs, isLast, isNewest, isAnswer }: PicturePacket, atMs: number): void {
    if (rtpTs < this.#rtpTs) return;
    if (rtpTs > this.#rtpTs) {
      this.#isFirst = this.#rtpTs === -Infinity;
      this.#rtpTs = rtpTs;
      this.#beganMs = atMs;
      this.#isOver = false;
    }
    if (!isAnswer) this.#learn(atMs);
    if (isLast) {
      this.#isOver = true;
      this.#hasEnds ||= !isAnswer && !this.#isFirst;
    }
    if (isNewest || this.#isOver) this.#isAwaited = !this.#isOver;
    if (isNewest) this.#isNewestAnswer = isAnswer;
  }

  /** When the next packet of the picture is overdue; never, where there is none, or it has been told. */
  get overdueMs(): number {
    if (!this.#isAwaited || !this.#hasEnds) return Infinity;
    return this.#beganMs + Math.max(this.#tookMs, this.#tookBeforeMs) + SPARE_MS;
  }

  /** Since when the picture comes. */
  get beganMs(): number {
    return this.#beganMs;
  }

  /** The packet before was lost. */
  get isNewestAnswer(): boolean {
    return this.#isNewestAnswer;
  }

  /** It has been told that the next packet is overdue; of the one behind it, when it comes. */
  noteTold(): void {
    this.#isAwaited = false;
  }

  /** Another source begins. */
  restart(): void {
    this.#rtpTs = -Infinity;
    this.#isAwaited = false;
  }

  #learn(atMs: number): void {
    if (atMs >= this.#learnUntilMs) {
      this.#tookBeforeMs = atMs < this.#learnUntilMs + LEARN_MS ? this.#tookMs : 0;
      this.#tookMs = 0;
      this.#learnUntilMs = atMs + LEARN_MS;
    }
    this.#tookMs = Math.max(this.#tookMs, atMs - this.#beganMs);
  }
}
