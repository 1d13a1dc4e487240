/** Finds a channel on the network by its announcements (SAP), for who has named no host. */

import { listenForSessions } from "../discover/listen.ts";
import { FoundChannels } from "./found-channels.ts";
import type { FoundChannel } from "./found-channels.ts";

/** Each channel is announced within ten seconds, unless there are very many. */
const MOST_WAIT_MS = 11_000;
/** After the first, so long for the others: several daemons do not speak at the same time, but one names all of its channels at once. */
const GATHER_MS = 1500;

/** Throws a RefusedError: with a list if there are several, with the remedy if there is none, or if nothing can be heard. */
export async function findChannel(wanted: string | null, say: (line: string) => void, signal: AbortSignal): Promise<FoundChannel> {
  const found = new FoundChannels(wanted);
  const stop = new AbortController();
  const enough = setTimeout(() => stop.abort(), MOST_WAIT_MS);
  let gathering: NodeJS.Timeout | undefined;
  say("listening for channels that are announced on this network");
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
  return found.choose();
}
