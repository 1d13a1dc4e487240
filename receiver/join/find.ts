/** Finds a channel on the network by its announcements (SAP), for who has named no host. */

import { CannotConnectError, RefusedError } from "../../control/client-error.ts";
import { UsageError } from "../../control/usage-error.ts";
import { listenForSessions } from "../discover/listen.ts";
import { FoundChannels } from "./found-channels.ts";
import type { FoundChannel } from "./found-channels.ts";
import type { FindAgain } from "./whereabouts.ts";

/** Each channel is announced within ten seconds, unless there are very many. */
const MOST_WAIT_MS = 11_000;
/** After the first, so long for the others: several daemons do not speak at the same time, but one names all of its channels at once. */
const GATHER_MS = 1500;

/** Throws a UsageError with a list if there are several, a CannotConnectError with the remedy if there is none, a RefusedError if nothing can be heard. */
export async function findChannel(wanted: string | null, say: (line: string) => void, signal: AbortSignal): Promise<FoundChannel> {
  say("listening for channels that are announced on this network");
  return listen(new FoundChannels(wanted), signal);
}

export const findAgain: FindAgain = async (last, signal) => {
  try {
    const { host, port } = await listen(new FoundChannels(last.channel, last), signal);
    return { kind: "tcp", host, port };
  } catch (error) {
    if (error instanceof RefusedError || error instanceof CannotConnectError || error instanceof UsageError) return null;
    throw error;
  }
};

async function listen(found: FoundChannels, signal: AbortSignal): Promise<FoundChannel> {
  const stop = new AbortController();
  const enough = setTimeout(() => stop.abort(), MOST_WAIT_MS);
  let gathering: NodeJS.Timeout | undefined;
  try {
    await listenForSessions(
      (news) => {
        if (found.hear(news)) gathering ??= setTimeout(() => stop.abort(), GATHER_MS);
      },
      AbortSignal.any([signal, stop.signal]),
    );
  } finally {
    clearTimeout(enough);
    clearTimeout(gathering);
  }
  if (signal.aborted)
    throw new RefusedError(0, "interrupted while it listened for channels; with --host the daemon need not be looked for", null);
  return found.choose();
}
