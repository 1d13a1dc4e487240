/** Between the network and the receiver, for a channel that is encrypted: packets as they were before, and a word when no key opens them any more. */

import { readU32 } from "../../wire/big-endian.ts";
import { SrtpReceiver } from "../../wire/srtp/index.ts";
import { monotonicMs } from "../clock.ts";
import type { StreamOf } from "../receiver.ts";
import type { OnPacket } from "./transport.ts";

export type ProtectedPacketsOptions = {
  /** 30 bytes each. */
  readonly masters: readonly Uint8Array[];
  /** By SSRC. */
  readonly rollovers: ReadonlyMap<number, number>;
};

/** So long nothing that came of a stream could be opened: the key has been changed, or its numbers have gone further than can be followed. What holds now is asked for as often. */
const LOCKED_MS = 1000;

export class ProtectedPackets {
  readonly #srtp: SrtpReceiver;
  /** By SSRC: when a packet was opened last, or it was asked. */
  readonly #openedMs: Map<number, number>;
  #onLocked: () => void = () => undefined;

  constructor({ masters, rollovers }: ProtectedPacketsOptions) {
    this.#srtp = new SrtpReceiver(masters, rollovers);
    this.#openedMs = new Map([...rollovers.keys()].map((ssrc) => [ssrc, Number.NEGATIVE_INFINITY]));
  }

  /** What holds by now, of the same sources. */
  tell({ masters, rollovers }: ProtectedPacketsOptions): void {
    this.#srtp.tell(masters, rollovers);
  }

  /** Who asks for the keys. */
  onLocked(ask: () => void): void {
    this.#onLocked = ask;
  }

  /** Gives on what a key opens. */
  before(push: OnPacket, clock: () => number = monotonicMs): OnPacket {
    return (from, packet) => {
      const opened = this.#open(from, packet, clock());
      if (opened !== null) push(from, opened);
    };
  }

  /** Null: no key opens it. */
  #open(from: StreamOf, packet: Uint8Array, nowMs: number): Uint8Array | null {
    if (from === "videoControl" || from === "audioControl") return this.#srtp.unprotectRtcp(packet);
    const ssrc = readU32(packet, 8);
    const openedMs = this.#openedMs.get(ssrc);
    // Of another source, which has no key here.
    if (openedMs === undefined) return null;
    const opened = this.#srtp.unprotect(packet, from === "answer");
    if (opened !== null) this.#openedMs.set(ssrc, nowMs);
    else if (nowMs - openedMs > LOCKED_MS) {
      this.#openedMs.set(ssrc, nowMs);
      this.#onLocked();
    }
    return opened;
  }
}
