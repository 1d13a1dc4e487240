/** What to do about a stream that does not come: ask the network again, or look for another way. Pure. */

/** Sender reports come every second whatever the film does. */
const SILENT_MS = 2000;
/** A switch that has forgotten a member needs to hear it once; a second try finds what came up later. */
const RENEW_EVERY_MS = 2000;
/** A stream that came and stopped is asked for again before another way is looked for. */
const GIVE_UP_MS = 8000;
/** Whoever finds no other way goes on asking: the switch may come back at any time, and each asking makes it work. */
const RENEW_LATER_MS = 10_000;
/** A look that comes so late: this process stood still (SIGSTOP, a machine that was paused), and what came has not been read. */
const STOOD_STILL_MS = 2000;

export type SilenceAct = {
  /** Join the group again. */
  readonly renew: boolean;
  /** Nothing has come for so long that another transport is to be taken, if there is one. */
  readonly findWay: boolean;
};

export class SilenceWatch {
  #startedMs: number;
  #hasCome: boolean;
  #nextMs = 0;
  #polledMs: number;
  #renewedMs: number;
  /** Since when the channel is known to be sent; null while it is not. */
  #sentSinceMs: number | null;

  /** `hasCome`: the way that is watched has carried packets before. */
  constructor(nowMs: number, hasCome: boolean) {
    this.#startedMs = nowMs;
    this.#polledMs = nowMs;
    this.#renewedMs = nowMs;
    this.#sentSinceMs = nowMs;
    this.#hasCome = hasCome;
  }

  /** What was asked for since the last poll: whether the channel is sent at all. What begins to be sent is given its time to come. */
  noteSent(isSent: boolean, nowMs: number): void {
    this.#sentSinceMs = isSent ? (this.#sentSinceMs ?? nowMs) : null;
  }

  /** Everything was away for a while: what is silent is given its time anew. */
  restart(nowMs: number): void {
    this.#startedMs = nowMs;
    this.#nextMs = nowMs;
  }

  /** To be called several times a second. Null: all is well, or was just dealt with. */
  poll(lastPacketMs: number, nowMs: number): SilenceAct | null {
    if (nowMs - this.#polledMs > STOOD_STILL_MS) this.restart(nowMs);
    this.#polledMs = nowMs;
    if (lastPacketMs >= this.#startedMs) this.#hasCome = true;
    const silentMs = nowMs - Math.max(lastPacketMs, this.#startedMs);
    if (silentMs < SILENT_MS || nowMs < this.#nextMs) return null;
    this.#nextMs = nowMs + RENEW_EVERY_MS;
    const isGivenUp = !this.#hasCome || silentMs >= GIVE_UP_MS;
    const renew = !isGivenUp || nowMs - this.#renewedMs >= RENEW_LATER_MS;
    if (renew) this.#renewedMs = nowMs;
    return { renew, findWay: isGivenUp && this.#sentSinceMs !== null && nowMs - this.#sentSinceMs >= SILENT_MS };
  }
}
