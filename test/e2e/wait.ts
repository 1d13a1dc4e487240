/** Waiting for readiness: asked again and again, with a deadline; never slept and hoped. */

import { setTimeout as delay } from "node:timers/promises";

/** Generous: it only ends a wait for what never comes. */
export const DEADLINE_MS = 20_000;
/** Short against a person's patience, long against what a question costs. */
const PAUSE_MS = 50;

/** Asks until the answer is neither false nor null nor undefined, and gives it; rejects with `what` at the deadline. */
export async function waitFor<Answer>(
  what: string,
  ask: () => Answer | false | null | undefined | Promise<Answer | false | null | undefined>,
  deadlineMs = DEADLINE_MS,
): Promise<Answer> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await delay(PAUSE_MS);
  }
}

/** Gives what the promise gives, or rejects with `what` at the deadline. */
export async function within<Value>(what: string, promise: Promise<Value>, deadlineMs = DEADLINE_MS): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`waited ${deadlineMs} ms in vain: ${what}`)), deadlineMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
