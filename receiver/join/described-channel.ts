/**
 * A channel that is known by its announcements alone, for as long as it is received: they go on being heard, and where they tell another group,
 * other ports or another form than before, there it is joined anew.
 */

import { targetText } from "../../control/client.ts";
import { RefusedError } from "../../control/client-error.ts";
import { oneLine } from "../../control/untrusted-text.ts";
import type { ReceivedSession } from "../../wire/sdp.ts";
import { listenForSessions } from "../discover/listen.ts";
import type { SessionNews } from "../discover/session-table.ts";
import type { Size } from "../reassemble/picture-assembler.ts";
import { describedSession } from "./described.ts";
import type { FoundChannel } from "./found-channels.ts";
import type { Session } from "./session.ts";

export class DescribedChannel {
  readonly #say: (line: string) => void;
  #found: FoundChannel;
  #elsewhere = Promise.withResolvers<"elsewhere">();
  #hearSize: (size: Size) => void = () => undefined;

  constructor(found: FoundChannel, say: (line: string) => void) {
    this.#found = found;
    this.#say = say;
  }

  /** As it is announced now; lost when that changes. */
  get session(): Session {
    const { session, host, port } = this.#found;
    const target = { kind: "tcp", host, port } as const;
    return {
      ...describedSession(session, target, targetText(target)),
      lost: this.#elsewhere.promise,
      onSize: (hear) => void (this.#hearSize = hear),
    };
  }

  /** Until the signal. */
  async listen(signal: AbortSignal): Promise<void> {
    try {
      await listenForSessions((news) => this.hear(news), signal);
    } catch (error) {
      // Another program has taken the port since the channel was found: what is received goes on.
      if (!(error instanceof RefusedError)) throw error;
    }
  }

  hear({ kind, heard: { session, heardFrom } }: SessionNews): void {
    const before = this.#found;
    const { control, name, group, video, audio } = session;
    if (kind === "gone" || control === null || name !== before.session.name) return;
    const isSame = formOf(session) === formOf(before.session);
    // By the same daemon, or the same stream: another daemon may have a channel of the same name.
    if (!isSame && (heardFrom !== before.host || control.port !== before.port)) return;
    this.#found = { session, host: heardFrom, port: control.port };
    const size = video?.size ?? null;
    if (size !== null) this.#hearSize(size);
    if (isSame) return;
    this.#say(`${oneLine(name)} is announced with the group ${group}:${video?.port ?? audio?.port ?? ""} now: going on there`);
    const { resolve } = this.#elsewhere;
    this.#elsewhere = Promise.withResolvers();
    resolve("elsewhere");
  }
}

/** What a receiver is made for. */
function formOf({ group, video, audio }: ReceivedSession): string {
  return JSON.stringify([group, video?.port, audio?.port, audio?.sampleRateHz, audio?.channels, audio?.payloadType]);
}
