/**
 * Takes the packets of a channel's sound as they come and notes when each of them came; no buffer, no playout. Over UDP a packet that comes behind
 * a later one is dropped, as the classic receiver did; what is missing is zeros. Pure.
 */

import { parseL16Payload } from "../../wire/l16.ts";
import { parseCompound, unixMsFromNtp } from "../../wire/rtcp/index.ts";
import { RTP_HEADER_BYTES, parseRtp } from "../../wire/rtp.ts";
import type { SoundForm } from "../media.ts";
import { RtpClock } from "../playout/rtp-clock.ts";
import { SenderClock } from "../playout/sender-clock.ts";
import { RtpStream } from "../reassemble/rtp-stream.ts";
import type { Accepted } from "../reassemble/rtp-stream.ts";
import type { RtpTime } from "../reception/media-stream.ts";
import type { Arrival } from "./delay.ts";

/** Half an hour of packets: what is measured is a clip. */
const MOST_PACKETS = 250_000;

type Packet = {
  readonly sequence: number;
  readonly rtpTs: number;
  readonly bytes: number;
  readonly arrivedMs: number;
  readonly pcm: Uint8Array;
};

export type Collected = {
  readonly arrivals: readonly Arrival[];
  /** Interleaved, from the first packet to the last; zeros where nothing came. */
  readonly samples: Int16Array;
  /** 1 for each sample frame that is missing. */
  readonly isLost: Uint8Array;
  readonly lostPackets: number;
  readonly expectedPackets: number;
  /** Came behind a later one, and were dropped. */
  readonly outOfOrder: number;
};

export class Collector {
  readonly #form: SoundForm;
  readonly #payloadType: number;
  readonly #stream: RtpStream;
  readonly #clock: RtpClock;
  readonly #senderClock = new SenderClock();
  readonly #packets: Packet[] = [];
  #time: RtpTime | null;
  #outOfOrder = 0;
  #lastMs = -Infinity;

  constructor(form: SoundForm, payloadType: number, ssrc: number | null, time: RtpTime | null) {
    this.#form = form;
    this.#payloadType = payloadType;
    this.#stream = new RtpStream(form.sampleRateHz, ssrc, time?.rtpTs ?? null);
    this.#clock = new RtpClock(form.sampleRateHz);
    this.#time = time;
  }

  get isFull(): boolean {
    return this.#packets.length >= MOST_PACKETS;
  }

  get count(): number {
    return this.#packets.length;
  }

  get lastPacketMs(): number {
    return this.#lastMs;
  }

  push(bytes: Uint8Array, nowMs: number): void {
    const packet = parseRtp(bytes);
    if (!packet.ok || packet.value.payloadType !== this.#payloadType || this.isFull) return;
    for (const accepted of this.#stream.accept(packet.value, nowMs)) this.#take(accepted);
  }

  #take({ packet, atMs, rtpTs }: Accepted): void {
    const payload = parseL16Payload(packet.payload, this.#form.channels);
    if (!payload.ok) return;
    if (this.#time !== null) this.#takeTime(packet.ssrc, atMs);
    this.#lastMs = atMs;
    const last = this.#packets.at(-1);
    if (last !== undefined && rtpTs <= last.rtpTs) {
      this.#outOfOrder++;
      return;
    }
    const bytes = RTP_HEADER_BYTES + packet.payload.length;
    this.#packets.push({ sequence: packet.sequence, rtpTs, bytes, arrivedMs: atMs, pcm: payload.value.pcm });
  }

  control(bytes: Uint8Array): void {
    const parsed = parseCompound(bytes);
    if (!parsed.ok) return;
    for (const part of parsed.value) {
      if (part.kind !== "sender-report") continue;
      const rtpTs = this.#stream.extend(part.ssrc, part.rtpTs, this.#lastMs);
      if (rtpTs !== null) this.#clock.report(unixMsFromNtp(part.ntp), rtpTs);
    }
  }

  ping(sentMs: number, heardMs: number, repliedMs: number, answeredMs: number): void {
    this.#senderClock.ping(sentMs, heardMs, repliedMs, answeredMs);
  }

  /** What was collected; null if nothing was. */
  finish(): Collected | null {
    const [first] = this.#packets;
    const last = this.#packets.at(-1);
    if (first === undefined || last === undefined) return null;
    const { channels } = this.#form;
    const frames = last.rtpTs - first.rtpTs + last.pcm.length / (2 * channels);
    const samples = new Int16Array(frames * channels);
    const isLost = new Uint8Array(frames).fill(1);
    for (const { rtpTs, pcm } of this.#packets) {
      const from = rtpTs - first.rtpTs;
      for (let index = 0; index < pcm.length / 2; index++)
        samples[from * channels + index] = ((pcm[2 * index] ?? 0) << 8) | (pcm[2 * index + 1] ?? 0);
      isLost.fill(0, from, from + pcm.length / (2 * channels));
    }
    const { expected, lost } = this.#stream.counters;
    return {
      arrivals: this.#arrivals(),
      samples,
      isLost,
      lostPackets: Math.max(0, lost),
      expectedPackets: expected,
      outOfOrder: this.#outOfOrder,
    };
  }

  /**
   * By the sender's clock as it is known in the end: better than as it was while the packets came. It is the sender's interface that is limited,
   * so it is the answers to pings that wait, and not the pings.
   */
  #arrivals(): readonly Arrival[] {
    return this.#packets.map(({ sequence, rtpTs, bytes, arrivedMs }) => ({
      sequence,
      rtpTs,
      bytes,
      arrivalMs: arrivedMs + (this.#senderClock.offsetByWayThereMs(arrivedMs) ?? 0),
      dueMs: this.#clock.senderMs(rtpTs) ?? 0,
    }));
  }

  #takeTime(ssrc: number, nowMs: number): void {
    const rtpTs = this.#time === null ? null : this.#stream.extend(ssrc, this.#time.rtpTs, nowMs);
    if (this.#time !== null && rtpTs !== null) this.#clock.report(this.#time.senderMs, rtpTs);
    this.#time = null;
  }
}
