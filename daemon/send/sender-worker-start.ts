/** The sender thread as it is started. One may be started before anybody knows what it shall send: it comes up while the daemon is still loading. */

import { Worker } from "node:worker_threads";
import { programFile } from "../program-file.ts";
import type { SenderThreadBegin, SenderThreadStart } from "./sender-messages.ts";
import { SHARED_BYTES, WAKE_WORD } from "./told-deadline.ts";

export type SenderWorker = {
  readonly worker: Worker;
  /** See told-deadline.ts. */
  readonly wake: Int32Array;
  /** Rejects when it dies. */
  readonly failed: Promise<never>;
  /** Resolves when it is gone, which may be before anybody has taken it. */
  readonly ended: Promise<void>;
};

/** One line for a person: what it was, and where. */
export class SenderDied extends Error {
  constructor(cause: unknown) {
    const [, place = "unknown place"] = /^ +at (?:.*\()?(.+?)\)?$/m.exec(cause instanceof Error ? (cause.stack ?? "") : "") ?? [];
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    super(`the sender thread has died, nothing is sent any more: ${reason} (${place}); start it again, and report this`, { cause });
  }
}

let spare: SenderWorker | null = null;

/** Starts the one that is taken first. */
export function startSpareSenderWorker(): void {
  spare = startSenderWorker();
}

/**
 * Lets the one that nobody has taken end by itself, for which the process waits: to terminate a thread while it loads a native module can
 * end the process.
 */
export function dropSpareSenderWorker(): void {
  if (spare !== null) tellToBegin(spare, null);
  spare = null;
}

/** A thread that has begun. */
export function takeSenderWorker(begin: SenderThreadBegin): SenderWorker {
  const taken = spare ?? startSenderWorker();
  spare = null;
  tellToBegin(taken, begin);
  return taken;
}

/** It sleeps until this word changes. */
export function wakeUp(wake: Int32Array): void {
  Atomics.add(wake, WAKE_WORD, 1);
  Atomics.notify(wake, WAKE_WORD);
}

function startSenderWorker(): SenderWorker {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const worker = new Worker(programFile("sender-worker", import.meta.url), { workerData: { shared } satisfies SenderThreadStart });
  const failed = new Promise<never>((_, reject) => worker.once("error", (error) => reject(new SenderDied(error))));
  failed.catch(() => {});
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  return { worker, wake: new Int32Array(shared), failed, ended };
}

function tellToBegin({ worker, wake }: SenderWorker, begin: SenderThreadBegin | null): void {
  worker.postMessage(begin);
  wakeUp(wake);
}
