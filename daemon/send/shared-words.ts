/** The two words of memory that the sender thread shares with the main thread: one that wakes it, and one that says when it last turned. */

/** Counts what woke the thread; it sleeps on it. */
export const WAKE_WORD = 0;
/** When the thread's loop began its last turn, as `millisecondsWord` tells it. */
export const TURN_WORD = 1;
export const SHARED_BYTES = 2 * Int32Array.BYTES_PER_ELEMENT;

/** Whole milliseconds of the monotonic clock in 32 bits: they wrap after 49 days, and differences do not mind. */
export function millisecondsWord(nowMs: number): number {
  return Math.trunc(nowMs % 2 ** 32) | 0;
}

/** Milliseconds since the word was written, up to 24 days. */
export function ageOfWord(word: number, nowMs: number): number {
  return Math.max(0, (millisecondsWord(nowMs) - word) | 0);
}
