/** The pictures of a channel as RTP/JPEG packets (RFC 2435), each picture in groups over a part of its interval. Pure. */

import { JPEG_PAYLOAD_TYPE, createJpegParser, fragmentFrame } from "../../wire/jpeg/index.ts";
import { RTP_HEADER_BYTES } from "../../wire/rtp.ts";
import { planSpread } from "../pace/spread.ts";
import type { Spread } from "../pace/spread.ts";
import { StreamClock } from "./stream-clock.ts";
import type { StreamInit } from "./stream-clock.ts";

export const VIDEO_CLOCK_HZ = 90_000;
/**
 * A group may leave earlier, or a little later, with a wake-up that happens anyway: by these parts of the interval between groups. A wake-up costs as
 * much as some packets (docs/decisions/cost.md); to the receiver it is one picture.
 */
const EARLY_SHARE = 0.5;
const LATE_SHARE = 0.25;
/** From one group to the next, however late the first was: two must not fall into one millisecond. */
export const LEAST_DISTANCE_MS = 1.15;

const NOTHING: readonly Uint8Array[] = [];

export class PictureStream {
  readonly #clock: StreamClock;
  readonly #maxPacketBytes: number;
  readonly #parse = createJpegParser();
  #packets: readonly Uint8Array[] = NOTHING;
  #sent = 0;
  #spread: Spread = { groupPackets: 1, groupIntervalMs: 0 };
  #nextGroupMs = 0;
  #groupMayLeaveMs = 0;

  constructor(config: { readonly cname: string; readonly maxPacketBytes: number }, init: StreamInit, utcOffsetMs: number) {
    this.#clock = new StreamClock(VIDEO_CLOCK_HZ, config.cname, init, utcOffsetMs);
    this.#maxPacketBytes = config.maxPacketBytes;
  }

  start(startMs: number): void {
    this.#clock.start(startMs);
  }

  /** Packets of the current picture have still to leave. */
  get isUnderWay(): boolean {
    return this.#sent < this.#packets.length;
  }

  /** When to wake for the next group, if at `otherMs` there is a wake-up anyway. */
  groupDeadlineMs(otherMs: number): number {
    const isBegun = this.#sent > 0;
    const latestMs = this.#nextGroupMs + (isBegun ? this.#spread.groupIntervalMs * LATE_SHARE : 0);
    return otherMs > this.#nextGroupMs && otherMs <= latestMs ? otherMs : this.#nextGroupMs;
  }

  /** Makes the packets of a picture that is due at `dueMs`; its groups leave from `fromMs` on, over `windowMs`. */
  begin(
    jpeg: Uint8Array,
    dueMs: number,
    fromMs: number,
    windowMs: number,
  ): { readonly ok: true } | { readonly ok: false; readonly reason: string } {
    const parsed = this.#parse(jpeg);
    if (!parsed.ok) return parsed;
    const made = fragmentFrame(parsed.value, {
      maxPacketBytes: this.#maxPacketBytes,
      payloadType: JPEG_PAYLOAD_TYPE,
      ssrc: this.#clock.ssrc,
      rtpTs: this.#clock.rtpTsAt(dueMs),
      firstSeq: this.#clock.nextSequence,
    });
    this.#packets = made;
    this.#sent = 0;
    this.#spread = planSpread(made.length, windowMs);
    this.#nextGroupMs = fromMs;
    this.#groupMayLeaveMs = fromMs;
    this.#clock.count(made.length, payloadOctets(made));
    return { ok: true };
  }

  /** The packets that leave now; the next group keeps its distance from when this one really left. */
  takeGroup(nowMs: number): readonly Uint8Array[] {
    if (!this.isUnderWay || nowMs < this.#groupMayLeaveMs) return NOTHING;
    const group = this.#packets.slice(this.#sent, this.#sent + this.#spread.groupPackets);
    this.#sent += group.length;
    this.#nextGroupMs = Math.max(this.#nextGroupMs + this.#spread.groupIntervalMs, nowMs + LEAST_DISTANCE_MS);
    this.#groupMayLeaveMs = Math.max(this.#nextGroupMs - this.#spread.groupIntervalMs * EARLY_SHARE, nowMs + LEAST_DISTANCE_MS);
    return group;
  }

  /** What has not left of the current picture never will: its sequence numbers go to what comes next, so that nobody misses a packet. */
  abandon(): void {
    const unsent = this.#packets.slice(this.#sent);
    this.#clock.takeBack(unsent.length, payloadOctets(unsent));
    this.#packets = NOTHING;
    this.#sent = 0;
  }

  report(nowMs: number): Uint8Array {
    return this.#clock.report(nowMs);
  }

  rtpTsAt(dueMs: number): number {
    return this.#clock.rtpTsAt(dueMs);
  }

  goodbye(nowMs: number): Uint8Array {
    return this.#clock.goodbye(nowMs);
  }
}

function payloadOctets(packets: readonly Uint8Array[]): number {
  return packets.reduce((sum, { length }) => sum + length - RTP_HEADER_BYTES, 0);
}
