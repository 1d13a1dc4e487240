/** The sound of a channel as an unbroken row of L16 packets (RFC 3551): block n is due at `start + n × 320 / rate`. Pure. */

import { L16_PACKET_FRAMES, l16FrameBytes, l16PayloadType } from "../../wire/l16.ts";
import type { L16Channels } from "../../wire/l16.ts";
import { RTP_HEADER_BYTES, writeRtpHeader } from "../../wire/rtp.ts";
import type { SoundTrack } from "../pace/sound-track.ts";
import { StreamClock } from "./stream-clock.ts";
import type { StreamInit } from "./stream-clock.ts";

export type SoundForm = { readonly sampleRateHz: number; readonly channels: L16Channels };
export type SoundBlock = { readonly packet: Uint8Array; readonly foundSamples: number };

/** Memory is asked for so many blocks at a time: asking for each took a twentieth of the sender thread's time. */
const BLOCKS_PER_SLAB = 48;
/** Blocks later than this are left out: after a suspended process, a second of old sound at once helps nobody. */
export const MOST_OVERDUE_MS = 250;

export class SoundStream {
  readonly blockMs: number;
  readonly #clock: StreamClock;
  readonly #form: SoundForm;
  readonly #payloadType: number;
  readonly #packetBytes: number;
  #nextBlock = 0;
  /** Zeros, from `#slabAt` on. */
  #slab = new Uint8Array(0);
  #slabAt = 0;

  constructor(form: SoundForm, cname: string, init: StreamInit, utcOffsetMs: number) {
    this.#form = form;
    this.#payloadType = l16PayloadType(form.sampleRateHz, form.channels);
    this.#packetBytes = RTP_HEADER_BYTES + L16_PACKET_FRAMES * l16FrameBytes(form.channels);
    this.blockMs = (L16_PACKET_FRAMES * 1000) / form.sampleRateHz;
    this.#clock = new StreamClock(form.sampleRateHz, cname, init, utcOffsetMs);
  }

  start(startMs: number): void {
    this.#clock.start(startMs);
  }

  get nextDueMs(): number {
    return this.#clock.startMs + this.#nextBlock * this.blockMs;
  }

  /** Leaves out the blocks before `ms`: RTP time goes on, sequence numbers do not notice. */
  skipTo(ms: number): void {
    this.#nextBlock = Math.max(this.#nextBlock, Math.ceil((ms - this.#clock.startMs) / this.blockMs - 1e-6));
  }

  skipOverdue(nowMs: number): void {
    if (nowMs - this.nextDueMs > MOST_OVERDUE_MS) this.skipTo(nowMs);
  }

  /** The next block, from the track where timeline 0 is due at `epochMs`; silence without a track or an epoch. */
  takeBlock(track: SoundTrack | null, epochMs: number | null): SoundBlock {
    const { sampleRateHz } = this.#form;
    const packet = this.#takeZeros();
    const firstSample = this.#nextBlock * L16_PACKET_FRAMES;
    this.#nextBlock++;
    writeRtpHeader(packet, 0, {
      payloadType: this.#payloadType,
      marker: false,
      sequence: this.#clock.nextSequence,
      rtpTs: this.#clock.rtpTsAfter(firstSample),
      ssrc: this.#clock.ssrc,
    });
    this.#clock.count(1, packet.length - RTP_HEADER_BYTES);
    if (track === null || epochMs === null) return { packet, foundSamples: 0 };
    const epochSample = Math.round(((epochMs - this.#clock.startMs) * sampleRateHz) / 1000);
    const foundSamples = track.pull(firstSample - epochSample, L16_PACKET_FRAMES, packet, RTP_HEADER_BYTES);
    return { packet, foundSamples };
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

  #takeZeros(): Uint8Array {
    if (this.#slabAt === this.#slab.length) {
      this.#slab = new Uint8Array(BLOCKS_PER_SLAB * this.#packetBytes);
      this.#slabAt = 0;
    }
    const from = this.#slabAt;
    this.#slabAt += this.#packetBytes;
    return this.#slab.subarray(from, this.#slabAt);
  }
}
