/**
 * Whether the sender thread still keeps its deadlines, without asking it: before it sleeps it writes down when it means to go on, and it
 * means to go on ten times a second even where nothing is to be sent.
 */

/** Three words of 32 bits: what has woken the thread, which sleeps on it, is counted; its deadline; what has been handed over to it is counted. */
export const SHARED_BYTES = 3 * Int32Array.BYTES_PER_ELEMENT;
export const WAKE_WORD = 0;
const DEADLINE_WORD = 1;
/** To ask the port whether there are orders costs as much as a packet: this word costs nothing. */
export const ORDERS_WORD = 2;

/** `deadlineMs`: monotonic. Whole milliseconds, which wrap after 49 days: only differences are looked at. */
export function tellDeadline(shared: Int32Array, deadlineMs: number): void {
  Atomics.store(shared, DEADLINE_WORD, Math.trunc(deadlineMs) | 0);
}

/** How long it has been due; 0 or less if it lies ahead. */
export function overdueMs(shared: Int32Array, nowMs: number): number {
  return (Math.trunc(nowMs) - Atomics.load(shared, DEADLINE_WORD)) | 0;
}
