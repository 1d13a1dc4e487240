/** The one clock of the receiver. Every thread and process of a host reads the same, and no step of the system's time moves it. */

/** Fractional milliseconds. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
