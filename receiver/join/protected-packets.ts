/** Between the network and the receiver, for a channel that is encrypted: packets as they were before, and a word when no key opens them any more. */

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

/** So long nothing that came could be opened: the key has been changed. It is asked for as often. */
const LOCKED_MS = 1000;

export class ProtectedPackets {
  readonly #srtp: SrtpReceiver;
  #openedMs = Number.NEGATIVE_INFINITY;
  #onLocked: () => void = () => undefined;

  constructor({ masters, rollovers }: ProtectedPacketsOptions) {
    this.#srtp = new SrtpReceiver(masters, rollovers);
  }

  setMasters(masters: readonly Uint8Array[]): void {
    this.#srtp.setMasters(masters);
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
    const isControl = from === "videoControl" || from === "audioControl";
    const opened = isControl ? this.#srtp.unprotectRtcp(packet) : this.#srtp.unprotect(packet);
    if (opened !== null) this.#openedMs = nowMs;
    else if (nowMs - this.#openedMs > LOCKED_MS) {
      this.#openedMs = nowMs;
      this.#onLocked();
    }
    return opened;
  }
}
