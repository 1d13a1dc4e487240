/**
 * Packets of a stream that are missing, and when to ask the sender for them: not before a packet that was overtaken could have come, as far as packets are
 * overtaken on this line, then again and again, less and less often. Pure.
 */

/** Packets that overtake each other on a LAN come within this. */
const FIRST_MS = 3;
/** What is learned of the line holds for as long again. */
const LEARN_MS = 5000;
/** However long packets are overtaken: there is to be time for an answer, and for a second one. */
const MOST_OF_PATIENCE = 0.25;
/** Twice as long as answers take lately (a few milliseconds; on busy Wi-Fi some tens) is waited for one, within these bounds; for each further one twice as long. */
const FIRST_ANSWER_MS = 10;
const LEAST_WAIT_MS = 10;
const LONGEST_MS = 320;
/** Of each answer in the mean of them. */
const ANSWER_SHARE = 0.125;
/** More in a row are no loss but an interruption, after which there are other cares. */
const MOST_IN_A_ROW = 512;
const MOST = 1024;

export type RepairOutcome = { readonly came: number; readonly failed: number };

/** `askAtMs`: never again once it has been answered. `askedMs`: for the first time. `isSupposed`: it may not have been sent yet. */
type Missing = { readonly sinceMs: number; askAtMs: number; waitMs: number; askedMs: number | null; isSupposed: boolean };

export class MissingPackets {
  readonly #patienceMs: number;
  /** By extended sequence number, in their order. */
  readonly #missing = new Map<number, Missing>();
  #came = 0;
  #failed = 0;
  /** What answers take in the mean, requests that were lost on the way included. */
  #answerMs = FIRST_ANSWER_MS;
  /** The longest that one came after it was missed, by itself: in this while, and in the one before. */
  #overtakenMs = 0;
  #overtakenBeforeMs = 0;
  #learnUntilMs = -Infinity;

  /** `patienceMs`: what has not come after so long is of no use any more. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** From `first` to `last` nothing has come, and the one behind them has. */
  note(first: number, last: number, nowMs: number): void {
    if (last - first >= MOST_IN_A_ROW) return;
    const times = this.#timesFrom(nowMs, nowMs);
    for (let sequence = first; sequence <= last; sequence++) {
      const supposed = this.#missing.get(sequence);
      if (supposed === undefined) this.#missing.set(sequence, { ...times, isSupposed: false });
      else supposed.isSupposed = false;
    }
    for (const oldest of this.#missing.keys()) {
      if (this.#missing.size <= MOST) break;
      this.#missing.delete(oldest);
    }
  }

  /** The one behind the last that came is overdue. `sinceMs`: from when its patience counts. `isLost`: those before it were lost, so it is not waited for any longer. */
  suppose(sequence: number, sinceMs: number, isLost: boolean, nowMs: number): void {
    const times = this.#timesFrom(sinceMs, nowMs);
    this.#missing.set(sequence, { ...times, askAtMs: isLost ? nowMs : times.askAtMs, isSupposed: true });
  }

  /** One has come by itself, perhaps after its answer: if it was missed, it was overtaken. */
  noteArrival(sequence: number, nowMs: number): void {
    const missing = this.#missing.get(sequence);
    if (missing === undefined) return;
    this.#missing.delete(sequence);
    if (missing.isSupposed) return;
    this.#turnOver(nowMs);
    this.#overtakenMs = Math.max(this.#overtakenMs, nowMs - missing.sinceMs);
  }

  /** One has come as an answer. False if it is not waited for (any more). */
  noteAnswer(sequence: number, nowMs: number): boolean {
    const missing = this.#missing.get(sequence);
    if (missing === undefined || missing.askedMs === null || missing.askAtMs === Infinity) return false;
    missing.askAtMs = Infinity;
    this.#answerMs += ANSWER_SHARE * (nowMs - missing.askedMs - this.#answerMs);
    this.#came++;
    return true;
  }

  /** Of those that were asked for, since the beginning: how many came as answers, and how many had not come at all when they were of no use any more. What was only supposed fails nowhere. */
  get outcome(): RepairOutcome {
    return { came: this.#came, failed: this.#failed };
  }

  /** Those that are to be asked for now, by their sequence numbers of 16 bits. */
  take(nowMs: number): readonly number[] {
    const due: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (nowMs - missing.sinceMs >= this.#patienceMs) {
        this.#missing.delete(sequence);
        if (missing.askedMs !== null && missing.askAtMs !== Infinity && !missing.isSupposed) this.#failed++;
      } else if (missing.askAtMs <= nowMs) {
        due.push(sequence & 0xffff);
        missing.askedMs ??= nowMs;
        missing.askAtMs = nowMs + missing.waitMs;
        missing.waitMs = Math.min(2 * missing.waitMs, LONGEST_MS);
      }
    }
    return due;
  }

  /** When to take again. */
  get nextMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { sinceMs, askAtMs } of this.#missing.values())
      if (askAtMs !== Infinity) nextMs = Math.min(nextMs, askAtMs, sinceMs + this.#patienceMs);
    return nextMs;
  }

  /** Nobody will be asked for what is missing now. */
  clear(): void {
    this.#missing.clear();
  }

  #timesFrom(sinceMs: number, nowMs: number): Omit<Missing, "isSupposed"> {
    const firstMs = this.#firstMs(nowMs);
    // What is asked and what is answered may be held up as long as what is overtaken.
    const waitMs = Math.max(LEAST_WAIT_MS, 2 * this.#answerMs, 2 * firstMs);
    return { sinceMs, askAtMs: nowMs + firstMs, waitMs, askedMs: null };
  }

  #firstMs(nowMs: number): number {
    this.#turnOver(nowMs);
    const overtakenMs = Math.max(this.#overtakenMs, this.#overtakenBeforeMs);
    return Math.max(FIRST_MS, Math.min(overtakenMs, MOST_OF_PATIENCE * this.#patienceMs));
  }

  #turnOver(nowMs: number): void {
    if (nowMs < this.#learnUntilMs) return;
    this.#overtakenBeforeMs = nowMs < this.#learnUntilMs + LEARN_MS ? this.#overtakenMs : 0;
    this.#overtakenMs = 0;
    this.#learnUntilMs = nowMs + LEARN_MS;
  }
}
