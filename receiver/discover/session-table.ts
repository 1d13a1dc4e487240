/**
 * The sessions that are announced on a network (RFC 2974), from untrusted packets: bounded, aged, each host with its share. Pure.
 */

import { parseSap } from "../../wire/sap.ts";
import { parseSdp } from "../../wire/sdp.ts";
import type { ReceivedSession } from "../../wire/sdp.ts";

export type HeardSession = {
  readonly session: ReceivedSession;
  /** The description as it came. */
  readonly sdp: string;
  /** IPv4 address of the host that the announcement came from. */
  readonly heardFrom: string;
};

export type SessionNews = { readonly kind: "found" | "changed" | "gone"; readonly heard: HeardSession };

/** More sessions than a person would look through. */
const MOST_SESSIONS = 512;
/** So one host, whatever it sends, leaves room for the others: the 64 channels of a daemon, and those of the one before that had no time to take them back. */
const MOST_SESSIONS_OF_HOST = 128;
/** RFC 2974 section 4: ten periods, but our own announcers speak every few seconds and take back what ends. */
const PERIODS_TO_LIVE = 3;
const LEAST_LIFE_MS = 60_000;
const LONGEST_LIFE_MS = 3_600_000;

type Entry = { heard: HeardSession; hash: number; lastMs: number; lifeMs: number };

export class SessionTable {
  readonly #entries = new Map<string, Entry>();

  /** In the order in which they were found. */
  get sessions(): readonly HeardSession[] {
    return [...this.#entries.values()].map(({ heard }) => heard);
  }

  /** A packet that came to the announcements' port. */
  hear(packet: Uint8Array, heardFrom: string, nowMs: number): SessionNews | null {
    const parsed = parseSap(packet);
    if (!parsed.ok) return null;
    const { kind, hash, payload } = parsed.value;
    if (kind === "deletion") return this.#delete(hash, heardFrom);
    const session = parseSdp(payload);
    return session.ok ? this.#note({ session: session.value, sdp: payload, heardFrom }, hash, nowMs) : null;
  }

  /** Forgets what has not been announced for long. */
  expire(nowMs: number): readonly SessionNews[] {
    const old = [...this.#entries].filter(([, { lastMs, lifeMs }]) => nowMs - lastMs > lifeMs);
    return old.map(([key, { heard }]) => this.#forget(key, heard));
  }

  #note(heard: HeardSession, hash: number, nowMs: number): SessionNews | null {
    const { session, heardFrom } = heard;
    const key = `${heardFrom} ${session.originAddress} ${session.sessionId} ${session.name}`;
    const known = this.#entries.get(key);
    if (known === undefined) {
      if (!this.#hasRoomFor(heardFrom)) return null;
      this.#entries.set(key, { heard, hash, lastMs: nowMs, lifeMs: LEAST_LIFE_MS });
      return { kind: "found", heard };
    }
    const isChanged = known.heard.sdp !== heard.sdp;
    const lifeMs = Math.min(LONGEST_LIFE_MS, Math.max(LEAST_LIFE_MS, PERIODS_TO_LIVE * (nowMs - known.lastMs)));
    this.#entries.set(key, { heard, hash, lastMs: nowMs, lifeMs });
    return isChanged ? { kind: "changed", heard } : null;
  }

  /** Only who announced it takes it back. */
  #delete(hash: number, heardFrom: string): SessionNews | null {
    const found = [...this.#entries].find(([, entry]) => entry.hash === hash && entry.heard.heardFrom === heardFrom);
    return found === undefined ? null : this.#forget(found[0], found[1].heard);
  }

  #forget(key: string, heard: HeardSession): SessionNews {
    this.#entries.delete(key);
    return { kind: "gone", heard };
  }

  #hasRoomFor(heardFrom: string): boolean {
    if (this.#entries.size >= MOST_SESSIONS) return false;
    let ofHost = 0;
    for (const { heard } of this.#entries.values()) if (heard.heardFrom === heardFrom) ofHost++;
    return ofHost < MOST_SESSIONS_OF_HOST;
  }
}
