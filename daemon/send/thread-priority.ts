/**
 * Lets the sender thread run the moment it wakes, where that is permitted: as root, with CAP_SYS_NICE, or within RLIMIT_RTPRIO and
 * RLIMIT_NICE. It needs the processor for microseconds, but then at once. Measured: docs/decisions/sender-thread.md.
 */

import { setPriority } from "node:os";

/** −20 to 19; on Linux a thread has a niceness of its own. */
const SENDER_NICENESS = -15;
/** Of 1 to 99: above everything ordinary, below what the kernel and a sound server give themselves. */
const SENDER_REAL_TIME_PRIORITY = 5;

const SCHED_RR = 2;
/** What the thread starts is ordinary again. */
const SCHED_RESET_ON_FORK = 0x40000000;
/** To setpriority(2) and to sched_setscheduler(2). */
const CALLING_THREAD = 0;

/** Makes the calling thread less patient, as far as it may: where it may not have SCHED_RR, niceness has to do. */
export async function hurryThisThread(): Promise<void> {
  try {
    setPriority(CALLING_THREAD, SENDER_NICENESS);
  } catch {
    // Not permitted: it stays as patient as the others.
  }
  await askForRealTime();
}

/** sched_setscheduler(2), which Node does not have. What it returns does not matter: it may be forbidden. */
async function askForRealTime(): Promise<void> {
  try {
    const { default: koffi } = await import("koffi");
    const setScheduler: (thread: number, policy: number, parameters: Uint8Array) => number = koffi
      .load("libc.so.6")
      .func("int sched_setscheduler(int, int, const void *)");
    setScheduler(CALLING_THREAD, SCHED_RR | SCHED_RESET_ON_FORK, new Uint8Array(Int32Array.of(SENDER_REAL_TIME_PRIORITY).buffer));
  } catch {
    // The C library cannot be reached.
  }
}
