/**
 * Kills this process when its parent is gone, even while it hangs in a decoder. The kernel does that if it is told (prctl(2), PR_SET_PDEATHSIG). Where it
 * cannot be told, a thread looks after the parent, at 30 MB and 0.15 % of a core.
 */

import { constants } from "node:os";
import { Worker } from "node:worker_threads";
import { programFile } from "../program-file.ts";

const PR_SET_PDEATHSIG = 1;

/** `parentPid` as it was when the process started. */
export async function watchParent(parentPid: number): Promise<void> {
  if (!(await tellKernel())) watchInThread(parentPid);
  // It may have gone before.
  if (process.ppid !== parentPid) process.kill(process.pid, "SIGKILL");
}

async function tellKernel(): Promise<boolean> {
  try {
    const { default: koffi } = await import("koffi");
    const prctl: (option: number, signal: number) => number = koffi.load("libc.so.6").func("int prctl(int, unsigned long)");
    return prctl(PR_SET_PDEATHSIG, constants.signals.SIGKILL) === 0;
  } catch {
    return false;
  }
}

function watchInThread(parentPid: number): void {
  const worker = new Worker(programFile("parent-watch-thread", import.meta.url), {
    workerData: parentPid,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
}
