/** Finds a channel on the network by its announcements (SAP), for who has named no host. */

import { oneLine } from "../../control/untrusted-text.ts";
import { RefusedError } from "../../control/client-error.ts";
import type { ReceivedSession } from "../../wire/sdp.ts";
import { listenForSessions } from "../discover/listen.ts";
import type { HeardSession } from "../discover/session-table.ts";

/** Each channel is announced within ten seconds, unless there are very many. */
const MOST_WAIT_MS = 11_000;
/** After the first, so long for the others: several daemons do not speak at the same time, but one names all of its channels at once. */
const GATHER_MS = 1500;

export type FoundChannel = { readonly session: ReceivedSession; readonly host: string; readonly port: number };

/** Throws a RefusedError with a list if there are several, and with the remedy if there is none. */
export async function findChannel(wanted: string | null, say: (line: string) => void, signal: AbortSignal): Promise<FoundChannel> {
  const found = new Map<string, HeardSession>();
  const stop = new AbortController();
  const enough = setTimeout(() => stop.abort(), MOST_WAIT_MS);
  let gathering: NodeJS.Timeout | undefined;
  say("listening for channels that are announced on this network");
  try {
    await listenForSessions(
      ({ kind, heard }) => {
        const { name, control } = heard.session;
        if (kind === "gone" || control === null || (wanted !== null && name !== wanted)) return;
        found.set(`${heard.heardFrom} ${name}`, heard);
        gathering ??= setTimeout(() => stop.abort(), GATHER_MS);
      },
      AbortSignal.any([signal, stop.signal]),
    );
  } catch (error) {
    throw new RefusedError(0, `cannot listen for announcements: ${error instanceof Error ? error.message : String(error)}`, null);
  } finally {
    clearTimeout(enough);
    clearTimeout(gathering);
  }
  return choose([...found.values()], wanted);
}

function choose(found: readonly HeardSession[], wanted: string | null): FoundChannel {
  const [only] = found;
  if (only === undefined) {
    const what = wanted === null ? "no channel" : `no channel named ${wanted}`;
    throw new RefusedError(0, `${what} is announced on this network: name the daemon's host with --host`, null);
  }
  if (found.length > 1) {
    const list = found.map(({ session, heardFrom }) => `  --host ${heardFrom} ${oneLine(session.name)}`);
    throw new RefusedError(0, ["there are several channels; name one:", ...list].join("\n"), null);
  }
  // The address it was heard from is one that leads there; what the description says may be another host's name for it.
  return { session: only.session, host: only.heardFrom, port: only.session.control?.port ?? 9688 };
}
