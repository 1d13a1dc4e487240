/** Whether this process's clock is the kernel's own: in a time namespace it is shifted (time_namespaces(7)), and io_uring waits by the kernel's. */

import { readFileSync } from "node:fs";

/** Seconds by which the monotonic clock is shifted; 0 as well where the system knows no such thing. */
export function monotonicShiftSeconds(): number {
  try {
    return parseShift(readFileSync("/proc/self/timens_offsets", "latin1"));
  } catch {
    return 0;
  }
}

/** Text: /proc/self/timens_offsets, of each clock its name, seconds and nanoseconds. */
export function parseShift(text: string): number {
  const [, seconds = "0", nanoseconds = "0"] = /^monotonic\s+(-?\d+)\s+(-?\d+)/m.exec(text) ?? [];
  return Number(seconds) + Number(nanoseconds) / 1e9;
}
