/**
 * When the packets of what lies ready on a server, or comes in long parts (HLS), are due on the monotonic clock: by their own stamps, from the first
 * arrival on. What was held up goes on where it was; stamps that jump go on without a gap. Pure.
 */

/** A stream whose next stamp is off by more than this has another count: a splice, or parts that are gone. */
const JUMP_US = 4_000_000;
/** What is later than this was held up, if it is the server that was waited for. */
const HELD_UP_US = 200_000;

type Count = {
  /** The monotonic clock at its stamp 0. */
  startUs: number;
};

export type FilmPacket = {
  readonly stream: number;
  /** By which the packets of a stream are in order. */
  readonly stampUs: number;
  /** 0 where it is not known. */
  readonly durationUs: number;
  readonly arrivedUs: number;
  /** How long it was waited for. */
  readonly waitedUs: number;
};

export class FilmClock {
  /** The newest, and those that streams still follow. */
  #counts: readonly Count[] = [];
  readonly #streams = new Map<number, { count: Count; nextUs: number }>();
  /** The end of what was placed so far. */
  #reachedUs: number | null = null;
  /** Since a packet was in time. */
  #waitedUs = 0;

  /** The monotonic clock at stamp 0 of the count that this packet belongs to. */
  place({ stream, stampUs, durationUs, arrivedUs, waitedUs }: FilmPacket): number {
    const count = this.#countOf(stream, stampUs, arrivedUs);
    const lateUs = arrivedUs - count.startUs - stampUs;
    this.#waitedUs = lateUs > 0 ? this.#waitedUs + waitedUs : 0;
    if (lateUs > HELD_UP_US && this.#waitedUs > lateUs / 2) {
      for (const held of this.#counts) held.startUs += lateUs;
      this.#waitedUs = 0;
    }
    const nextUs = stampUs + durationUs;
    this.#streams.set(stream, { count, nextUs });
    this.#reachedUs = Math.max(this.#reachedUs ?? -Infinity, count.startUs + nextUs);
    return count.startUs;
  }

  /** Each stream comes to a splice in its own time. */
  #countOf(stream: number, stampUs: number, arrivedUs: number): Count {
    const before = this.#streams.get(stream);
    if (before !== undefined && Math.abs(stampUs - before.nextUs) <= JUMP_US) return before.count;
    const goesOnUs = this.#reachedUs ?? arrivedUs;
    const newest = this.#counts.at(-1);
    if (newest !== undefined && Math.abs(newest.startUs + stampUs - goesOnUs) <= JUMP_US) return newest;
    const count = { startUs: goesOnUs - stampUs };
    const followed = [...this.#streams].filter(([other]) => other !== stream).map(([, { count: other }]) => other);
    this.#counts = [...new Set([...followed, count])];
    return count;
  }
}
