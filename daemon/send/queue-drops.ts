/**
 * Packets that a full queue of an interface drops have been taken by the system, and count as sent. Linux tells of them by a counter of all UDP
 * sockets of the host, `SndbufErrors` of /proc/net/snmp: unless a socket asks for errors, that is where they go.
 */

import { readFileSync } from "node:fs";
import { monotonicMs } from "../clock.ts";

const LOOK_MS = 10_000;
/** Fewer may be anybody's. */
const LEAST_DROPS = 10;
/** Longer than until the next look, so that what goes on is told all the time. */
const HOLDS_MS = 25_000;

/** Pure. */
export class QueueDrops {
  #dueMs = -Infinity;
  #before: number | null = null;
  #found: { readonly count: number; readonly untilMs: number } | null = null;

  /** `read` is asked now and then: how many there have been; null where that cannot be told. */
  look(read: () => number | null, nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + LOOK_MS;
    const drops = read();
    const count = drops === null || this.#before === null ? 0 : drops - this.#before;
    this.#before = drops;
    if (count >= LEAST_DROPS) this.#found = { count, untilMs: nowMs + HOLDS_MS };
  }

  /** What somebody should do something about; null: nothing. */
  warning(nowMs: number): string | null {
    if (this.#found === null || nowMs >= this.#found.untilMs) return null;
    return `a full queue of this host dropped ${this.#found.count} UDP packets within ${LOOK_MS / 1000} s, which count as sent: the line takes less than it is given; streamctl pacing set --fps, or set quality, makes it less`;
  }
}

/** `look` is to be called about once a second; `tell` hears when it begins. */
export function watchQueueDrops(tell: (warning: string) => void): { readonly look: () => void; readonly warning: () => string | null } {
  const drops = new QueueDrops();
  let isTold = false;
  const warning = (): string | null => drops.warning(monotonicMs());
  const look = (): void => {
    drops.look(readDrops, monotonicMs());
    const found = warning();
    if (found !== null && !isTold) tell(found);
    isTold = found !== null;
  };
  return { look, warning };
}

function readDrops(): number | null {
  try {
    return parseDrops(readFileSync("/proc/self/net/snmp", "utf8"));
  } catch {
    // A sandbox that hides it hides nothing that is needed.
    return null;
  }
}

/** A line of names, and a line of values, for each protocol. Null if it is not there. */
export function parseDrops(snmp: string): number | null {
  const [names = [], values = []] = [...snmp.matchAll(/^Udp: (.*)$/gm)].map(([, line = ""]) => line.trim().split(/\s+/));
  const value = values[names.indexOf("SndbufErrors")];
  return value === undefined ? null : Number(value);
}
