/** Where the daemon is asked: where it was at first, and where its channel is announced once it does not answer there any more. */

import { targetText, type ControlTarget } from "../../control/client.ts";
import type { Session } from "./session.ts";

/** What was received last; `host`: of the daemon that sent it, null where that is not known by its address. */
export type LastChannel = { readonly channel: string; readonly group: string; readonly host: string | null };

/** Where this channel is announced now; null if that is not heard. */
export type FindAgain = (last: LastChannel, signal: AbortSignal) => Promise<ControlTarget | null>;

type LastSession = Pick<Session, "channel" | "group" | "target">;

export class Whereabouts {
  readonly #first: readonly ControlTarget[];
  readonly #findAgain: FindAgain | null;
  readonly #say: (line: string) => void;
  #found: ControlTarget | null = null;
  #search: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;

  /** `findAgain`: null where somebody has named the host. */
  constructor(first: readonly ControlTarget[], findAgain: FindAgain | null, say: (line: string) => void) {
    this.#first = first;
    this.#findAgain = findAgain;
    this.#say = say;
  }

  /** Where it was at first comes first: a daemon that is back there is taken there. */
  get targets(): readonly ControlTarget[] {
    return this.#found === null ? this.#first : [...this.#first, this.#found];
  }

  /** Nobody answers at the targets: what is announced is listened to meanwhile. `last`: what was received from there. */
  noteAway(last: LastSession): void {
    if (this.#findAgain === null || this.#search !== null) return;
    const stop = new AbortController();
    const ended = this.#listen(this.#findAgain, last, stop.signal).finally(() => {
      this.#search = null;
    });
    this.#search = { stop, ended };
  }

  /** It answers again, or nobody wants to know any more. */
  async stop(): Promise<void> {
    this.#search?.stop.abort();
    await this.#search?.ended;
  }

  async #listen(findAgain: FindAgain, { channel, group: { group }, target }: LastSession, signal: AbortSignal): Promise<void> {
    const host = target.kind === "tcp" ? target.host : null;
    const found = await findAgain({ channel, group, host }, signal);
    if (found === null || signal.aborted || this.targets.some((known) => targetText(known) === targetText(found))) return;
    this.#found = found;
    this.#say(`${channel} is announced at ${targetText(found)} now: going on there`);
  }
}
