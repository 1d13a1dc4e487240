/**
 * One RTP stream's clock and counters: media clock from due times, sender reports on the common sender clock (RFC 3550,
 * sections 5.1 and 6.4.1). Pure.
 */

import { buildCompound, ntpFromUnixMs } from "../../wire/rtcp/index.ts";

/** RFC 3550 section 5.1: random for every session. */
export type StreamInit = { readonly ssrc: number; readonly firstSeq: number; readonly firstRtpTs: number };

const U32 = 2 ** 32;

export class StreamClock {
  readonly ssrc: number;
  readonly #clockHz: number;
  readonly #firstRtpTs: number;
  readonly #utcOffsetMs: number;
  readonly #cname: string;
  #startMs = 0;
  #sequence: number;
  #packets = 0;
  #octets = 0;

  constructor(clockHz: number, cname: string, init: StreamInit, utcOffsetMs: number) {
    this.ssrc = init.ssrc;
    this.#clockHz = clockHz;
    this.#firstRtpTs = init.firstRtpTs;
    this.#sequence = init.firstSeq;
    this.#utcOffsetMs = utcOffsetMs;
    this.#cname = cname;
  }

  start(startMs: number): void {
    this.#startMs = startMs;
  }

  get startMs(): number {
    return this.#startMs;
  }

  get nextSequence(): number {
    return this.#sequence;
  }

  /** The media clock at a due time: one clock for the whole session, so it never jumps back. */
  rtpTsAt(dueMs: number): number {
    // `>>> 0` also takes the little before the start, which the first report may name.
    return (this.#firstRtpTs + Math.round(((dueMs - this.#startMs) * this.#clockHz) / 1000)) >>> 0;
  }

  /** The same, counted in clock ticks since the start: exact, where ticks are what is counted. */
  rtpTsAfter(ticks: number): number {
    return (this.#firstRtpTs + ticks) >>> 0;
  }

  /** Packets with this many octets of payload in all take their sequence numbers. */
  count(packets: number, payloadOctets: number): void {
    this.#sequence = (this.#sequence + packets) & 0xffff;
    this.#packets = (this.#packets + packets) % U32;
    this.#octets = (this.#octets + payloadOctets) % U32;
  }

  /** The last packets that were counted will not be sent after all. */
  takeBack(packets: number, payloadOctets: number): void {
    this.#sequence = (this.#sequence - packets) & 0xffff;
    this.#packets = (this.#packets - packets + U32) % U32;
    this.#octets = (this.#octets - payloadOctets + U32) % U32;
  }

  /** Sender report and CNAME. It maps RTP time to the nominal due time, not to when a packet left. */
  report(nowMs: number): Uint8Array {
    return buildCompound([this.#senderReport(nowMs), this.#description()]);
  }

  goodbye(nowMs: number): Uint8Array {
    return buildCompound([this.#senderReport(nowMs), this.#description(), { kind: "goodbye", ssrcs: [this.ssrc], reason: null }]);
  }

  #senderReport(nowMs: number) {
    return {
      kind: "sender-report",
      ssrc: this.ssrc,
      ntp: ntpFromUnixMs(nowMs + this.#utcOffsetMs),
      rtpTs: this.rtpTsAt(nowMs),
      packetCount: this.#packets,
      octetCount: this.#octets,
      reports: [],
    } as const;
  }

  #description() {
    return { kind: "source-description", chunks: [{ ssrc: this.ssrc, cname: this.#cname }] } as const;
  }
}
