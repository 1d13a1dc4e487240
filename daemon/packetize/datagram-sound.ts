/** The sound of a channel as an unbroken row of WAV files of 20 ms, one a datagram: file n is due at `start + n × 20 ms`. Pure. */

import { WAV_HEADER_BYTES, writeWavHeader } from "../../wire/datagram/index.ts";
import type { SoundTrack } from "../pace/sound-track.ts";
import { MOST_OVERDUE_MS } from "./sound-stream.ts";
import type { SoundBlock, SoundForm } from "./sound-stream.ts";

const FILES_PER_SECOND = 50;

export class DatagramSound {
  readonly blockMs: number;
  readonly #form: SoundForm;
  readonly #utcOffsetMs: number;
  /** Sample frames of a file. */
  readonly #frames: number;
  #startMs = 0;
  #nextFile = 0;
  #sequence: number;

  constructor(form: SoundForm, firstSeq: number, utcOffsetMs: number) {
    this.#form = form;
    this.#sequence = firstSeq;
    this.#utcOffsetMs = utcOffsetMs;
    this.#frames = Math.round(form.sampleRateHz / FILES_PER_SECOND);
    this.blockMs = (this.#frames * 1000) / form.sampleRateHz;
  }

  start(startMs: number): void {
    this.#startMs = startMs;
  }

  get nextDueMs(): number {
    return this.#startMs + this.#nextFile * this.blockMs;
  }

  skipTo(ms: number): void {
    this.#nextFile = Math.max(this.#nextFile, Math.ceil((ms - this.#startMs) / this.blockMs - 1e-6));
  }

  skipOverdue(nowMs: number): void {
    if (nowMs - this.nextDueMs > MOST_OVERDUE_MS) this.skipTo(nowMs);
  }

  takeBlock(track: SoundTrack | null, epochMs: number | null): SoundBlock {
    const { sampleRateHz, channels } = this.#form;
    const dueMs = this.nextDueMs;
    const firstSample = this.#nextFile * this.#frames;
    const packet = new Uint8Array(WAV_HEADER_BYTES + this.#frames * channels * 2);
    const senderUs = Math.round((dueMs + this.#utcOffsetMs) * 1000);
    const mediaUs = Math.round((firstSample * 1e6) / sampleRateHz);
    writeWavHeader(packet, this.#form, { sequence: this.#sequence, mediaUs, senderUs });
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#nextFile++;
    if (track === null || epochMs === null) return { packet, foundSamples: 0 };
    const epochSample = Math.round(((epochMs - this.#startMs) * sampleRateHz) / 1000);
    const foundSamples = track.pull(firstSample - epochSample, this.#frames, packet, WAV_HEADER_BYTES);
    // The track holds what RTP carries, big-endian.
    if (foundSamples > 0) Buffer.from(packet.buffer, WAV_HEADER_BYTES).swap16();
    return { packet, foundSamples };
  }

  report(): null {
    return null;
  }

  rtpTsAt(): null {
    return null;
  }

  goodbye(): null {
    return null;
  }
}
