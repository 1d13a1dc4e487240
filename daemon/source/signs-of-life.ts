/**
 * The messages of films as they are written, and the item once more where there is nothing else to write for a while: decoding up to a
 * wanted place may take long, and the daemon ends a source that says nothing. One that hangs in a decoder does not get here.
 */

import type { SourceMessage } from "./messages.ts";

/** Several fit into what the daemon waits for. */
const SILENCE_MS = 1000;

type Next = () => SourceMessage | null;

/** `next` gives the messages to write, and null when there is none. */
export function withSignsOfLife(next: Next, nowMs: () => number = () => performance.now()): Next {
  let item: SourceMessage | null = null;
  let spokenMs = nowMs();

  return () => {
    const message = next();
    if (message === null && (item === null || nowMs() - spokenMs < SILENCE_MS)) return null;
    spokenMs = nowMs();
    if (message?.kind === "item") item = message;
    // Nothing follows an end.
    if (message?.kind === "end" || message?.kind === "item-error") item = null;
    return message ?? item;
  };
}
