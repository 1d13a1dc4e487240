/** The keys of a channel that is encrypted, for as long as a session lasts: told by joining, and asked for again when they change. */

import { setTimeout as delay } from "node:timers/promises";
import type { ControlClient } from "../../control/client.ts";
import type { ChannelKeys, JoinedChannel } from "../../control/join-channel.ts";
import { ProtectedPackets, type ProtectedPacketsOptions } from "./protected-packets.ts";

type Ssrcs = JoinedChannel["joined"]["ssrc"];

/** A key is announced three seconds ahead: a thousand receivers need not ask in the same moment. */
const MOST_DELAY_MS = 1000;

export class SessionKeys {
  readonly #client: ControlClient;
  readonly #ssrcs: Ssrcs;
  readonly #join: () => Promise<JoinedChannel>;
  #keys: ChannelKeys;
  #used: ProtectedPackets | null = null;
  #isAsking = false;

  constructor(client: ControlClient, ssrcs: Ssrcs, keys: ChannelKeys, join: () => Promise<JoinedChannel>) {
    this.#client = client;
    this.#ssrcs = ssrcs;
    this.#keys = keys;
    this.#join = join;
  }

  /** For packets of this session's sources. */
  protectedPackets(): ProtectedPackets {
    return new ProtectedPackets(this.#told);
  }

  /** From now on these are opened with the keys as they are. */
  use(packets: ProtectedPackets): void {
    this.#used = packets;
    packets.tell(this.#told);
    packets.onLocked(() => void this.#ask(0));
  }

  /** There will be another one. */
  askSoon(): void {
    void this.#ask(Math.random() * MOST_DELAY_MS);
  }

  get #told(): ProtectedPacketsOptions {
    const { masters, rollover } = this.#keys;
    const rollovers = new Map<number, number>();
    const { video = null, audio = null } = this.#ssrcs ?? {};
    if (video !== null) rollovers.set(video, rollover.video);
    if (audio !== null) rollovers.set(audio, rollover.audio);
    return { masters, rollovers };
  }

  /** Who is not told it any more has no session any more. */
  async #ask(afterMs: number): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    await delay(afterMs);
    try {
      const { keys } = await this.#join();
      if (keys !== null) this.#keys = keys;
      this.#used?.tell(this.#told);
    } catch {
      this.#client.close();
    }
    this.#isAsking = false;
  }
}
