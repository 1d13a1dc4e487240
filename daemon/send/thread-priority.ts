/**
 * Lets the sender thread run the moment it wakes, where that is permitted: as root, with CAP_SYS_NICE, or within RLIMIT_RTPRIO and
 * RLIMIT_NICE. It needs the processor for microseconds, but then at once. Measured: docs/decisions/sender-thread.md.
 */

import { execFile } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** −20 to 19; on Linux a thread has a niceness of its own. */
const SENDER_NICENESS = -15;
/** Of 1 to 99: above everything ordinary, below what the kernel and a sound server give themselves. */
const SENDER_REAL_TIME_PRIORITY = 5;

/** Makes the calling thread less patient, if it may. Returns its id; null where the system does not tell. */
export function hurryThisThread(): number | null {
  const threadId = readThreadId();
  if (threadId === null) return null;
  try {
    setPriority(threadId, SENDER_NICENESS);
  } catch {
    // Not permitted: it stays as patient as the others.
  }
  return threadId;
}

/**
 * SCHED_RR for a thread, by util-linux's `chrt`: Node has no such call. Its children are ordinary again. Without the permission nothing
 * changes, and niceness has to do.
 */
export function askForRealTime(threadId: number): void {
  const args = ["--reset-on-fork", "--rr", "--pid", `${SENDER_REAL_TIME_PRIORITY}`, `${threadId}`];
  execFile("chrt", args, () => {});
}

function readThreadId(): number | null {
  try {
    // PID/task/TID
    return Number(readlinkSync("/proc/thread-self").split("/").at(-1));
  } catch {
    return null;
  }
}
