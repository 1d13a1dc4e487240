/** When a daemon whose films are played once has nothing more to do: from its channels' states to what is told of the end. Pure. */

import type { ChannelState } from "./channel/news.ts";

/** Everything that could be played has been, but for what this says. */
export class EndedInFailure extends Error {}

/** `failure`: null if every channel has come to its end. */
export type Ending = { readonly failure: string | null };

type Played = { readonly name: string; readonly state: ChannelState; readonly reason: string | null };

/** Null while there is something to do: also where all have failed, for an operator may start them again. */
export function endingOf(channels: readonly Played[]): Ending | null {
  const isOver = channels.every(({ state }) => state === "ended" || state === "failed");
  if (!isOver || !channels.some(({ state }) => state === "ended")) return null;
  const failed = channels.find(({ state }) => state === "failed");
  return { failure: failed === undefined ? null : `channels.${failed.name}.source: ${failed.reason ?? "failed"}` };
}
