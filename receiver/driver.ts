/** Drives a receiver in real time: packets in as they come, what is due out to the sinks. Owns the only timer. */

import { monotonicMs } from "./clock.ts";
import type { ReceivedPicture, ReceivedSound } from "./media.ts";
import type { MissingOfSource, Receiver, StreamOf } from "./receiver.ts";

/** A turn of the event loop that brought so many packets has probably left more in the kernel: they are read before anything is given up. */
const MANY_PACKETS = 16;
/** Turns that are waited for in that way. */
const MOST_TURNS = 20;
/** A timer of Node's cannot wait longer (2^31 ms); nothing here is that far away. */
const LONGEST_WAIT_MS = 1000;

export type DriverOutput = {
  readonly picture: (picture: ReceivedPicture) => void;
  readonly sound: (sound: ReceivedSound) => void;
  readonly missing: (missing: MissingOfSource) => void;
};

export class Driver {
  readonly #receiver: Receiver;
  readonly #output: DriverOutput;
  #packetsOfTurn = 0;
  #turns = 0;
  #isPollNear = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(receiver: Receiver, output: DriverOutput) {
    this.#receiver = receiver;
    this.#output = output;
  }

  readonly push = (from: StreamOf, packet: Uint8Array): void => {
    this.#receiver.push(from, packet, monotonicMs());
    this.#packetsOfTurn++;
    this.#pollSoon();
  };

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** After the sockets of this turn have been read. */
  readonly #pollSoon = (): void => {
    if (this.#isPollNear) return;
    this.#isPollNear = true;
    setImmediate(this.#turn);
  };

  readonly #turn = (): void => {
    this.#isPollNear = false;
    if (this.#isClosed) return;
    const hasMore = this.#packetsOfTurn >= MANY_PACKETS && this.#turns < MOST_TURNS;
    this.#packetsOfTurn = 0;
    this.#turns = hasMore ? this.#turns + 1 : 0;
    if (hasMore) this.#pollSoon();
    else this.#poll();
  };

  #poll(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const nowMs = monotonicMs();
      const output = this.#receiver.poll(nowMs);
      if (output.kind === "picture") this.#output.picture(output.picture);
      else if (output.kind === "sound") this.#output.sound(output.sound);
      else if (output.kind === "missing") this.#output.missing(output.missing);
      else {
        // A timer of whole milliseconds never fires early by this.
        this.#timer = setTimeout(this.#pollSoon, Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(output.untilMs - nowMs))));
        return;
      }
    }
  }
}
