/** Packets of a stream that are missing, and when to ask the sender for them: not before a packet that was overtaken could have come, then again and again, less and less often. Pure. */

/** Packets that overtake each other on a LAN come within this. */
const FIRST_MS = 3;
/** The answer comes within a few milliseconds; on busy Wi-Fi it takes some tens. Each further wait is twice as long. */
const AGAIN_MS = 20;
const LONGEST_MS = 320;
/** More in a row are no loss but an interruption, after which there are other cares. */
const MOST_IN_A_ROW = 512;
const MOST = 1024;

export type RepairOutcome = { readonly came: number; readonly failed: number };

type Missing = { readonly sinceMs: number; askAtMs: number; waitMs: number; isAsked: boolean };

export class MissingPackets {
  readonly #patienceMs: number;
  /** By extended sequence number, in their order. */
  readonly #missing = new Map<number, Missing>();
  #came = 0;
  #failed = 0;

  /** `patienceMs`: what has not come after so long is of no use any more. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** From `first` to `last` nothing has come, and the one behind them has. */
  note(first: number, last: number, nowMs: number): void {
    if (last - first >= MOST_IN_A_ROW) return;
    for (let sequence = first; sequence <= last; sequence++)
      this.#missing.set(sequence, { sinceMs: nowMs, askAtMs: nowMs + FIRST_MS, waitMs: AGAIN_MS, isAsked: false });
    for (const oldest of this.#missing.keys()) {
      if (this.#missing.size <= MOST) break;
      this.#missing.delete(oldest);
    }
  }

  /** One has come after all. */
  noteArrival(sequence: number): void {
    if (this.#missing.get(sequence)?.isAsked === true) this.#came++;
    this.#missing.delete(sequence);
  }

  /** Of those that were asked for, since the beginning: how many came, and how many had not come when they were of no use any more. */
  get outcome(): RepairOutcome {
    return { came: this.#came, failed: this.#failed };
  }

  /** Those that are to be asked for now. */
  take(nowMs: number): readonly number[] {
    const due: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (nowMs - missing.sinceMs >= this.#patienceMs) {
        this.#missing.delete(sequence);
        if (missing.isAsked) this.#failed++;
      } else if (missing.askAtMs <= nowMs) {
        due.push(sequence);
        missing.isAsked = true;
        missing.askAtMs = nowMs + missing.waitMs;
        missing.waitMs = Math.min(2 * missing.waitMs, LONGEST_MS);
      }
    }
    return due;
  }

  /** When to take again. */
  get nextMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { sinceMs, askAtMs } of this.#missing.values()) nextMs = Math.min(nextMs, askAtMs, sinceMs + this.#patienceMs);
    return nextMs;
  }

  clear(): void {
    this.#missing.clear();
  }
}
