/** Whether a picture comes right behind another one, by the numbers of their packets: what lies between them is missing, a whole picture perhaps. Pure. */

import { addU16, isNewerU16 } from "../../wire/sequence.ts";

/** Of the last pictures. */
const MOST_ENDS = 64;
/** More than wait for the longest latency at the highest rate. */
const MOST_FIRSTS = 4096;

export class PictureRow {
  /** The lowest number that has come, by the picture's time. */
  readonly #firsts = new Map<number, number>();
  readonly #ends = new Set<number>();

  /** A packet of a picture that waits. `rtpTs`: extended. */
  note(rtpTs: number, sequence: number, isLast: boolean): void {
    const first = this.#firsts.get(rtpTs);
    if (first === undefined || isNewerU16(first, sequence)) this.#firsts.set(rtpTs, sequence);
    if (isLast) this.#ends.add(sequence);
    dropOldest(this.#firsts, MOST_FIRSTS);
    dropOldest(this.#ends, MOST_ENDS);
  }

  /** The end of the one before has come. */
  isBehindAnother(rtpTs: number): boolean {
    const first = this.#firsts.get(rtpTs);
    return first !== undefined && this.#ends.has(addU16(first, -1));
  }

  /** It waits no more. */
  forget(rtpTs: number): void {
    this.#firsts.delete(rtpTs);
  }

  clear(): void {
    this.#firsts.clear();
    this.#ends.clear();
  }
}

function dropOldest(from: { readonly size: number; keys(): Iterable<number>; delete(key: number): boolean }, most: number): void {
  for (const oldest of from.keys()) {
    if (from.size <= most) return;
    from.delete(oldest);
  }
}
