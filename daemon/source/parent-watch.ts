/** Kills this process when its parent is gone. In a thread of its own, since the main thread may hang in a decoder. */

import { Worker } from "node:worker_threads";
import { programFile } from "../program-file.ts";

/** `parentPid` as it was when the process started. */
export function watchParent(parentPid: number): void {
  const worker = new Worker(programFile("parent-watch-thread", import.meta.url), {
    workerData: parentPid,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  });
  worker.unref();
}
