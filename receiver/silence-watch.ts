/** What to do about a stream that does not come: ask the network again, or look for another way. Pure. */

/** Sender reports come every second whatever the film does. */
const SILENT_MS = 2000;
/** A switch that has forgotten a member needs to hear it once; a second try finds what came up later. */
const RENEW_EVERY_MS = 2000;
/** A stream that came and stopped is asked for again before another way is looked for. */
const GIVE_UP_MS = 8000;

export class SilenceWatch {
  readonly #startedMs: number;
  #hasCome = false;
  #nextMs = 0;

  constructor(nowMs: number) {
    this.#startedMs = nowMs;
  }

  /** "renew": join the group again. "find-way": nothing has come for so long that another transport is to be taken. Null: all is well, or was just dealt with. */
  poll(lastPacketMs: number, nowMs: number): "renew" | "find-way" | null {
    if (lastPacketMs >= this.#startedMs) this.#hasCome = true;
    const silentMs = nowMs - Math.max(lastPacketMs, this.#startedMs);
    if (silentMs < SILENT_MS || nowMs < this.#nextMs) return null;
    this.#nextMs = nowMs + RENEW_EVERY_MS;
    return this.#hasCome && silentMs < GIVE_UP_MS ? "renew" : "find-way";
  }
}
