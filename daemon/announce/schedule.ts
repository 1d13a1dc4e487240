/** Which session is announced when (RFC 2974, sections 3 and 4), pure: sessions, the time and chance go in, packets come out. */

import { sapHash } from "../../wire/sap.ts";
import type { SapPacket } from "../../wire/sap.ts";

/** One session as it is announced on one interface. */
export type Announced = {
  /** Names it over changes of its description: channel and interface. */
  readonly key: string;
  /** IPv4 address of the interface. */
  readonly origin: string;
  readonly sdp: string;
};

export type Announcement = { readonly key: string; readonly packet: SapPacket };

/** The RFC asks for minutes. A person who has just switched a receiver on waits for this. */
const LEAST_INTERVAL_MS = 7500;
/** The RFC's bandwidth for all announcements together (section 3.1): with many channels each comes less often. */
const MOST_BITS_PER_SECOND = 4000;
/** An announcement comes up to a third of the interval earlier or later, so that many hosts do not speak at once. */
const JITTER = 1 / 3;

type Known = { readonly session: Announced; readonly hash: number; nextMs: number };

export class AnnouncementSchedule {
  readonly #chance: () => number;
  readonly #known = new Map<string, Known>();

  /** `chance`: from 0 to below 1. */
  constructor(chance: () => number) {
    this.#chance = chance;
  }

  /** What is to be sent now, when these are the sessions: new and changed ones at once, those that ended are taken back. */
  step(sessions: readonly Announced[], nowMs: number): readonly Announcement[] {
    const current = new Map(sessions.map((session) => [session.key, session]));
    const gone = [...this.#known.values()].filter(({ session }) => !current.has(session.key)).map((known) => this.#takeBack(known));
    const intervalMs = this.#intervalMs(sessions);
    const due = sessions.flatMap((session): readonly Announcement[] => {
      const known = this.#known.get(session.key);
      const isSame = known?.session.sdp === session.sdp && known.session.origin === session.origin;
      if (isSame && known.nextMs > nowMs) return [];
      const nextMs = nowMs + intervalMs * (1 + JITTER * (2 * this.#chance() - 1));
      const hash = isSame ? known.hash : sapHash(session.sdp);
      // An address that has changed is another origin: the old announcement would live on beside the new one.
      const old = known !== undefined && known.session.origin !== session.origin ? [this.#takeBack(known)] : [];
      this.#known.set(session.key, { session, hash, nextMs });
      return [...old, announcement("announcement", session, hash)];
    });
    return [...gone, ...due];
  }

  /** Takes back everything. */
  end(): readonly Announcement[] {
    return [...this.#known.values()].map((known) => this.#takeBack(known));
  }

  #takeBack({ session, hash }: Known): Announcement {
    this.#known.delete(session.key);
    return announcement("deletion", session, hash);
  }

  #intervalMs(sessions: readonly Announced[]): number {
    const bits = sessions.reduce((sum, { sdp }) => sum + sdp.length * 8, 0);
    return Math.max(LEAST_INTERVAL_MS, (bits * 1000) / MOST_BITS_PER_SECOND);
  }
}

function announcement(kind: SapPacket["kind"], { key, origin, sdp }: Announced, hash: number): Announcement {
  return { key, packet: { kind, hash, origin, payload: sdp } };
}
