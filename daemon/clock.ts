/** The two clocks of the sender. Every thread and process of a host reads the same `monotonicMs`. */

const ORIGIN_TRIES = 8;
/**
 * `performance.now()` makes no garbage, which a BigInt is for each reading; its zero is each thread's own. A thread that is interrupted between the two readings
 * finds its zero too early, so the latest of some tries is the best.
 */
const ORIGIN_MS = Math.max(...Array.from({ length: ORIGIN_TRIES }, () => Number(process.hrtime.bigint()) / 1e6 - performance.now()));

/** Monotonic time in ms, with fractions. One zero for all threads and processes, which `performance.now()` has not. */
export function monotonicMs(): number {
  return ORIGIN_MS + performance.now();
}

/**
 * The sender clock, as the offset from `monotonicMs` to ms since the Unix epoch. Taken once per daemon and used for every channel:
 * a step of the system clock afterwards moves nothing.
 */
export function takeUtcOffsetMs(): number {
  const before = monotonicMs();
  const wallMs = Date.now();
  return wallMs - (before + monotonicMs()) / 2;
}
