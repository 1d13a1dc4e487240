/** The sender thread as it is started. One may be started before anybody knows what it shall send: it comes up while the daemon is still loading. */

import { Worker } from "node:worker_threads";
import { programFile } from "../program-file.ts";
import type { SenderThreadStart } from "./sender-messages.ts";
import { SHARED_BYTES } from "./told-deadline.ts";

export type SenderWorker = {
  readonly worker: Worker;
  /** See told-deadline.ts. */
  readonly shared: SharedArrayBuffer;
  /** Rejects when it dies. */
  readonly failed: Promise<never>;
};

let spare: SenderWorker | null = null;

/** Starts the one that is taken first. */
export function startSpareSenderWorker(): void {
  spare = startSenderWorker();
}

/** Ends the one that nobody has taken. */
export function dropSpareSenderWorker(): void {
  void spare?.worker.terminate();
  spare = null;
}

/** A thread that waits for its first message (`SenderThreadBegin`). */
export function takeSenderWorker(): SenderWorker {
  const taken = spare ?? startSenderWorker();
  spare = null;
  return taken;
}

function startSenderWorker(): SenderWorker {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const worker = new Worker(programFile("sender-worker", import.meta.url), { workerData: { shared } satisfies SenderThreadStart });
  const failed = new Promise<never>((_, reject) => worker.once("error", reject));
  failed.catch(() => {});
  return { worker, shared, failed };
}
