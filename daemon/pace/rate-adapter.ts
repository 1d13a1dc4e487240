/**
 * Lets what receivers report lower the rate, and climb back. Pure: reports and the time go in, a cap on the frames a second comes out.
 *
 * A host that gets clearly fewer frames than are sent, in several reports in a row, is slow: its vote is what it gets. All others vote for
 * the full rate. A slow host that keeps up at the lower rate says nothing about a higher one: the cap climbs by small steps, and each step
 * that fails makes the next try wait longer. A host that loses packets has no vote meanwhile: fewer frames cure a slow decoder, not a bad line.
 */

export type AdaptMode = "off" | "worst" | "median";

export type HostReport = {
  /** Frames a second that the receiver shows. */
  readonly fps: number;
  readonly lost: number;
  readonly expected: number;
};

export type RateLimits = {
  readonly mode: AdaptMode;
  /** The cap is never below it. */
  readonly minFps: number;
  /** The rate without a cap. */
  readonly fullFps: number;
};

/** `capFps`: null where nothing limits the rate. */
export type RateDecision = { readonly capFps: number | null; readonly reason: string };

/** Of the frames that are sent; a report counts whole frames of about a second, so one may always be missing. */
const KEEPS_UP_SHARE = 0.92;
const BAD_REPORTS_IN_A_ROW = 3;
/** Reports come once a second; a host that has been silent for this long has left. */
const STALE_MS = 5000;
/** A report that comes this soon after a change still speaks of the time before it. */
const SETTLE_MS = 2500;
/** With more than this, missing frames are lost packets rather than a slow host. */
const MOST_LOSS = 0.01;
const CLIMB_STEP = 1.1;
const FIRST_CLIMB_AFTER_MS = 10_000;
const LONGEST_CLIMB_AFTER_MS = 160_000;

type Host = {
  /** The last report of each of its sessions. */
  readonly sessions: Map<string, { readonly fps: number; readonly atMs: number }>;
  badInARow: number;
  /** What it got when it was found to be slow; null while it has kept up at the full rate. */
  slowFps: number | null;
};

export class RateAdapter {
  readonly #hosts = new Map<string, Host>();
  #capFps: number | null = null;
  #changedMs = Number.NEGATIVE_INFINITY;
  #climbAfterMs = FIRST_CLIMB_AFTER_MS;
  #isProbing = false;

  get capFps(): number | null {
    return this.#capFps;
  }

  /** One vote an address, however many sessions it has: what a host can do is what the best of them does. */
  report(address: string, session: string, { fps, lost, expected }: HostReport, limits: RateLimits, nowMs: number): void {
    const host = this.#hosts.get(address) ?? { sessions: new Map(), badInARow: 0, slowFps: null };
    this.#hosts.set(address, host);
    host.sessions.set(session, { fps, atMs: nowMs });
    if (nowMs - this.#changedMs < SETTLE_MS || lost > MOST_LOSS * expected) return;
    const best = Math.max(...[...host.sessions.values()].filter(({ atMs }) => nowMs - atMs < STALE_MS).map((report) => report.fps));
    if (best >= this.#inForce(limits) * KEEPS_UP_SHARE - 1) {
      host.badInARow = 0;
      return;
    }
    host.badInARow++;
    if (host.badInARow >= BAD_REPORTS_IN_A_ROW) host.slowFps = Math.max(0, best);
  }

  /** What is sent is not what the limits say, or has just become it: reports that come soon say nothing, and no step has been tried. */
  settle(nowMs: number): void {
    this.#changedMs = nowMs;
    for (const host of this.#hosts.values()) host.badInARow = 0;
  }

  /** Call it about once a second. Null: nothing changes. */
  decide(limits: RateLimits, nowMs: number): RateDecision | null {
    this.#forgetStale(nowMs);
    const cap = this.#capFps;
    if (limits.mode === "off") return cap === null ? null : this.#release("adapting was switched off", nowMs);
    const isSlowed = [...this.#hosts.values()].some(({ slowFps }) => slowFps !== null);
    if (!isSlowed) return cap === null ? this.#keepFull(nowMs) : this.#release("no slow host is left", nowMs);
    const voteFps = this.#vote(limits);
    const wantedFps = Math.max(limits.minFps, Math.min(voteFps, limits.fullFps));
    if (wantedFps < this.#inForce(limits) * KEEPS_UP_SHARE) return this.#lower(wantedFps, voteFps, limits, nowMs);
    return cap === null ? null : this.#climb(cap, limits, nowMs);
  }

  #lower(wantedFps: number, voteFps: number, limits: RateLimits, nowMs: number): RateDecision {
    if (this.#isProbing) this.#climbAfterMs = Math.min(LONGEST_CLIMB_AFTER_MS, this.#climbAfterMs * 2);
    const who = limits.mode === "worst" ? "the slowest host gets" : "half of the hosts get no more than";
    const reason = `${who} ${shown(voteFps)} of ${shown(this.#inForce(limits))} frames a second`;
    return this.#change(wantedFps, reason, nowMs);
  }

  #climb(cap: number, limits: RateLimits, nowMs: number): RateDecision | null {
    if (nowMs - this.#changedMs < this.#climbAfterMs) return null;
    const next = cap * CLIMB_STEP;
    // Whoever was slow is taken to manage the next step, until it shows otherwise.
    for (const host of this.#hosts.values()) if (host.slowFps !== null) host.slowFps = Math.max(host.slowFps, next);
    if (next >= limits.fullFps) {
      this.#forgetSlow();
      return this.#probe(null, "every host keeps up", nowMs);
    }
    return this.#probe(next, "every host keeps up: trying a little more", nowMs);
  }

  #probe(capFps: number | null, reason: string, nowMs: number): RateDecision {
    const decision = this.#change(capFps, reason, nowMs);
    this.#isProbing = true;
    return decision;
  }

  /** The full rate has held for as long as a step has to: the next slow host is another matter. */
  #keepFull(nowMs: number): null {
    if (nowMs - this.#changedMs >= this.#climbAfterMs) {
      this.#climbAfterMs = FIRST_CLIMB_AFTER_MS;
      this.#isProbing = false;
    }
    return null;
  }

  #release(reason: string, nowMs: number): RateDecision {
    this.#forgetSlow();
    this.#climbAfterMs = FIRST_CLIMB_AFTER_MS;
    return this.#change(null, reason, nowMs);
  }

  #forgetSlow(): void {
    for (const host of this.#hosts.values()) host.slowFps = null;
  }

  #change(capFps: number | null, reason: string, nowMs: number): RateDecision {
    this.#capFps = capFps;
    this.#isProbing = false;
    this.settle(nowMs);
    return { capFps, reason };
  }

  /** Each host's vote is what it gets if it is slow, else the full rate. The median slows down only for more than half of the hosts. */
  #vote({ mode, fullFps }: RateLimits): number {
    const votes = [...this.#hosts.values()].map(({ slowFps }) => slowFps ?? fullFps).toSorted((one, other) => one - other);
    return votes[mode === "worst" ? 0 : Math.floor(votes.length / 2)] ?? fullFps;
  }

  #inForce({ fullFps }: RateLimits): number {
    return Math.min(this.#capFps ?? fullFps, fullFps);
  }

  #forgetStale(nowMs: number): void {
    for (const [address, host] of this.#hosts) {
      for (const [session, { atMs }] of host.sessions) if (nowMs - atMs >= STALE_MS) host.sessions.delete(session);
      if (host.sessions.size === 0) this.#hosts.delete(address);
    }
  }
}

function shown(fps: number): string {
  return String(Math.round(fps * 10) / 10);
}
