/** The channels that were heard of by their announcements, each once, by whichever of its daemon's addresses it was heard first. Pure. */

import { CannotConnectError } from "../../control/client-error.ts";
import { oneLine } from "../../control/untrusted-text.ts";
import { UsageError } from "../../control/usage-error.ts";
import type { ReceivedSession } from "../../wire/sdp.ts";
import type { SessionNews } from "../discover/session-table.ts";

export type FoundChannel = { readonly session: ReceivedSession; readonly host: string; readonly port: number };

type Known = { readonly group: string; readonly host: string | null };

export class FoundChannels {
  readonly #wanted: string | null;
  readonly #known: Known | null;
  readonly #found = new Map<string, FoundChannel>();

  /** `wanted`: the only name to be looked for; null for any. `known`: it is one that was received before, at that place. */
  constructor(wanted: string | null, known: Known | null = null) {
    this.#wanted = wanted;
    this.#known = known;
  }

  /** True if it is one of those that are looked for. */
  hear({ kind, heard: { session, heardFrom } }: SessionNews): boolean {
    const { sessionId, name, group, video, audio, control } = session;
    if (control === null || (this.#wanted !== null && name !== this.#wanted) || !this.#isKnown(group, heardFrom)) return false;
    const key = JSON.stringify([sessionId, name, group, video?.port ?? audio?.port]);
    if (kind === "gone") {
      this.#found.delete(key);
      return false;
    }
    // The address it was heard from is one that leads there; what the description says may be another host's name for it.
    this.#found.set(key, { session, host: this.#found.get(key)?.host ?? heardFrom, port: control.port });
    return true;
  }

  /** Throws a UsageError with a list if there are several, and a CannotConnectError with the remedy if there is none. */
  choose(): FoundChannel {
    const [only] = this.#found.values();
    if (only === undefined) {
      const what = this.#wanted === null ? "no channel" : `no channel named ${this.#wanted}`;
      throw new CannotConnectError(`${what} is announced on this network: name the daemon's host with --host`);
    }
    if (this.#found.size === 1) return only;
    const list = [...this.#found.values()].map(({ session, host }) => `  --host ${host} ${oneLine(session.name)}`);
    throw new UsageError(["there are several channels; name one:", ...list].join("\n"));
  }

  /** By its group or its host: what another daemon has under the same name is another one. */
  #isKnown(group: string, heardFrom: string): boolean {
    const known = this.#known;
    return known === null || known.group === group || known.host === heardFrom;
  }
}
