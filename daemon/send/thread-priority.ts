/** Lets the calling thread run before others that want the processor at the same moment, where that is permitted. */

import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/**
 * `niceness`: −20 to 19. On Linux a thread has a niceness of its own, and its id is a valid argument of setpriority(2). Below 0 it takes
 * root, CAP_SYS_NICE or RLIMIT_NICE: returns whether it was permitted.
 */
export function setThreadNiceness(niceness: number): boolean {
  try {
    // PID/task/TID
    const threadId = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(threadId, niceness);
    return true;
  } catch {
    return false;
  }
}
