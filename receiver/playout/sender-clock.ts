/**
 * The sender's clock as seen from here: what it shows now, from `clock.ping` (NTP's four time stamps), or, where nobody answers, from when
 * things arrive that say when they left. Delays differ each way and from packet to packet; the least of each way, drift included, are what is kept. Pure.
 */

import { LowerEnvelope } from "./lower-envelope.ts";

/** Four minutes of pings: drift changes with the temperature of the room, not faster. */
const WINDOW_MS = 240_000;
const MOST_PINGS = 512;
/** Arrivals are gathered: the least delay of each of these pieces counts as one observation. */
const ARRIVALS_MS = 500;
/** By arrivals alone a step is told from a slow network by its size. */
const STEP_MS = 1000;
/** No way there and back takes less than no time; by so much the line of either may be drawn too low. */
const MOST_BELOW_MS = 50;

export class SenderClock {
  /** Sender minus here, plus the delay there. */
  readonly #there = new LowerEnvelope(WINDOW_MS, MOST_PINGS);
  /** Here minus sender, plus the delay back. */
  readonly #back = new LowerEnvelope(WINDOW_MS, MOST_PINGS);
  readonly #oneWay = new LowerEnvelope(WINDOW_MS, MOST_PINGS);
  #gathering: { readonly fromMs: number; lowest: { readonly x: number; readonly y: number } } | null = null;

  /** `sentMs`, `answeredMs`: here; `heardMs`, `repliedMs`: on the sender's clock. */
  ping(sentMs: number, heardMs: number, repliedMs: number, answeredMs: number): void {
    const [there, back] = [heardMs - sentMs, answeredMs - repliedMs];
    const leastThere = this.#there.at(sentMs) ?? there;
    const leastBack = this.#back.at(answeredMs) ?? back;
    // One of the clocks has made a step, or stood still (a virtual machine that was moved): what was known before it is worth nothing.
    if (Math.min(leastThere + back, there + leastBack) < -MOST_BELOW_MS) {
      this.#there.clear();
      this.#back.clear();
    }
    this.#there.add(sentMs, there);
    this.#back.add(answeredMs, back);
  }

  /** Something left at `senderMs` and came at `nowMs`. */
  arrival(senderMs: number, nowMs: number): void {
    const delay = nowMs - senderMs;
    const gathering = this.#gathering;
    if (gathering === null || nowMs - gathering.fromMs >= ARRIVALS_MS) {
      if (gathering !== null) this.#noteArrivals(gathering.lowest);
      else this.#oneWay.add(nowMs, delay);
      this.#gathering = { fromMs: nowMs, lowest: { x: nowMs, y: delay } };
    } else if (delay < gathering.lowest.y) gathering.lowest = { x: nowMs, y: delay };
  }

  /** Sender's clock minus `nowMs`; null before the first observation. */
  offsetMs(nowMs: number): number | null {
    const there = this.#there.at(nowMs);
    const back = this.#back.at(nowMs);
    if (there !== null && back !== null) return (there - back) / 2;
    const oneWay = this.#oneWay.at(nowMs);
    return oneWay === null ? null : -oneWay;
  }

  /**
   * The same by the way there alone, as if that took no time: the better estimate where it is the way back that is narrow. Too high by the
   * least delay there. Null before the first answer.
   */
  offsetByWayThereMs(nowMs: number): number | null {
    return this.#there.at(nowMs);
  }

  #noteArrivals({ x, y }: { readonly x: number; readonly y: number }): void {
    const known = this.#oneWay.at(x);
    if (known !== null && Math.abs(known - y) > STEP_MS) this.#oneWay.clear();
    this.#oneWay.add(x, y);
  }
}
