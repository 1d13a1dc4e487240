/**
 * The way back from TCP to the group: now and then, less and less often, this host is a member for a moment and listens whether the streams come
 * whole, while TCP goes on. What is heard goes to the receiver at once, which knows doubles: so nothing is missing when TCP is left.
 */

import { setTimeout as delay } from "node:timers/promises";
import { parseRtp } from "../../wire/rtp.ts";
import { monotonicMs } from "../clock.ts";
import { RtpStream } from "../reassemble/rtp-stream.ts";
import type { StreamOf } from "../receiver.ts";
import type { Session } from "./session.ts";
import type { OnPacket, Transport } from "./transport.ts";

/** Each look makes the network carry the stream twice: where multicast is held back for good, that is to be rare. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 600_000;
/** A picture comes each second, even in a pause. */
const LISTEN_MS = 3000;
/** Through a group that loses more than one packet of fifty less is to be seen than over TCP. */
const MOST_LOST = 0.02;
/** The same where what is lost is sent again: 99 pictures of 100 come at 5 %, 94 at 10 % (docs/decisions/repair.md). Who never had to take TCP stays at such a group, too. */
const MOST_LOST_WITH_REPAIR = 0.06;
/** Losses are by the numbers of the packets, and no clock matters. */
const CLOCK_HZ = 90_000;

/** When to look next. It holds over connections: one that is made anew puts nothing off. Pure. */
export class WayBackTimes {
  #nextMs = FIRST_WAIT_MS;
  #dueMs: number | null = null;
  #backMs = -Infinity;

  /** How long to wait. The first call after the group was left begins with a short time, but for a group that was gone back to and did not last. */
  waitMs(nowMs: number): number {
    if (this.#dueMs === null && nowMs - this.#backMs > LONGEST_WAIT_MS) this.#nextMs = FIRST_WAIT_MS;
    this.#dueMs ??= nowMs + this.#nextMs;
    return Math.max(0, this.#dueMs - nowMs);
  }

  /** Nothing was heard. */
  noteSilence(nowMs: number): void {
    this.#nextMs = Math.min(2 * this.#nextMs, LONGEST_WAIT_MS);
    this.#dueMs = nowMs + this.#nextMs;
  }

  /** The group is taken again. */
  noteBack(nowMs: number): void {
    this.#nextMs = Math.min(2 * this.#nextMs, LONGEST_WAIT_MS);
    this.#dueMs = null;
    this.#backMs = nowMs;
  }
}

/** Whether all of a channel's streams come, and whole. Pure. */
export class GroupHearing {
  readonly #streams: ReadonlyMap<StreamOf, RtpStream>;
  readonly #mostLost: number;

  constructor({ video, audio }: Session["streams"], isRepaired: boolean) {
    this.#mostLost = isRepaired ? MOST_LOST_WITH_REPAIR : MOST_LOST;
    this.#streams = new Map<StreamOf, RtpStream>([
      ...(video === null ? [] : [["video", new RtpStream(CLOCK_HZ, video.ssrc, video.time?.rtpTs ?? null)] as const]),
      ...(audio === null ? [] : [["audio", new RtpStream(CLOCK_HZ, audio.ssrc, audio.time?.rtpTs ?? null)] as const]),
    ]);
  }

  take(from: StreamOf, packet: Uint8Array, nowMs: number): void {
    const parsed = parseRtp(packet);
    if (parsed.ok) this.#streams.get(from)?.accept(parsed.value, nowMs);
  }

  get isWhole(): boolean {
    const counters = [...this.#streams.values()].map((stream) => stream.counters);
    return counters.every(({ received, expected, lost }) => received > 0 && lost <= this.#mostLost * expected);
  }
}

export type WayBack = {
  readonly streams: Session["streams"];
  /** What is lost is sent again by the group's daemon. */
  readonly isRepaired: boolean;
  /** Joins the group where that is possible now. */
  readonly open: (onPacket: OnPacket) => Promise<Transport>;
  readonly onPacket: OnPacket;
  readonly listenMs?: number;
};

/** The group, once it is heard: it stays open. Null: the signal came before that. */
export async function findWayBack(way: WayBack, times: WayBackTimes, signal: AbortSignal): Promise<Transport | null> {
  while (await sleep(times.waitMs(monotonicMs()), signal)) {
    const group = await listen(way, signal);
    if (group !== null) {
      times.noteBack(monotonicMs());
      return group;
    }
    if (!signal.aborted) times.noteSilence(monotonicMs());
  }
  return null;
}

async function listen(
  { streams, isRepaired, open, onPacket, listenMs = LISTEN_MS }: WayBack,
  signal: AbortSignal,
): Promise<Transport | null> {
  let hearing: GroupHearing | null = new GroupHearing(streams, isRepaired);
  const isWhole = (): boolean => hearing?.isWhole === true;
  // An interface that is away, a port that another program has: TCP goes on.
  const group = await open((from, packet) => {
    hearing?.take(from, packet, monotonicMs());
    onPacket(from, packet);
  }).catch(() => null);
  if (group === null) return null;
  const isHeard = (await sleep(listenMs, signal)) && isWhole();
  hearing = null;
  if (isHeard) return group;
  await group.close();
  return null;
}

/** False if the signal came. */
async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
