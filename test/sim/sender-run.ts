/** Drives a `Sender` in virtual time from a made-up film: no clock, no socket, minutes in milliseconds. */

import { blackPicture } from "../../daemon/packetize/black-picture.ts";
import type { Sender } from "../../daemon/send/sender.ts";
import type { Destination, SenderConfig, SenderEvent } from "../../daemon/send/sender-types.ts";

export const START_MS = 5_000_000;
export const SAMPLE_RATE_HZ = 44_100;
/** From the arrival of enough media until the first of it is due. */
export const LEAD_MS = 10;

export const CONFIG: SenderConfig = {
  profile: { kind: "rtp" },
  cname: "main@test",
  maxPacketBytes: 1400,
  spread: 0.4,
  fps: null,
  audio: { sampleRateHz: SAMPLE_RATE_HZ, channels: 1, volume: 1 },
  queueFrames: 10,
  blackPicture: blackPicture(64, 80),
};
export const INIT = {
  video: { ssrc: 1, firstSeq: 65_000, firstRtpTs: 2 ** 32 - 90_000 },
  audio: { ssrc: 2, firstSeq: 7, firstRtpTs: 2 ** 32 - 44_100 },
  utcOffsetMs: 1.7e12,
};

export type Film = { readonly fps: number; readonly jpeg: Uint8Array; readonly hasSound: boolean };
export const FILM: Film = { fps: 24, jpeg: blackPicture(48, 80), hasSound: true };

export type Sent = { readonly atMs: number; readonly packet: Uint8Array; readonly to: Destination };

/** Feeds the film as a source does, ten pictures ahead, until told otherwise; samples hold their own index. */
export class FilmFeed {
  readonly #sender: Sender;
  readonly #film: Film;
  #frame = 0;
  #sample = 0;
  generation = 1;

  constructor(sender: Sender, film: Film) {
    this.#sender = sender;
    this.#film = film;
  }

  fill(nowMs: number): void {
    const ahead = 10 + this.#sender.consumed().frames;
    for (; this.#frame < ahead; this.#frame++) {
      const timelineMs = (this.#frame * 1000) / this.#film.fps;
      this.#sender.pushFrame(
        this.generation,
        { timelineMs, sourceIntervalMs: 1000 / this.#film.fps, jpeg: this.#film.jpeg, quality: 80, width: 48, height: 28 },
        nowMs,
      );
      if (this.#film.hasSound) this.#pushSoundUntil(((this.#frame + 1) * SAMPLE_RATE_HZ) / this.#film.fps, nowMs);
    }
  }

  #pushSoundUntil(end: number, nowMs: number): void {
    const count = Math.floor(end) - this.#sample;
    if (count <= 0) return;
    const pcm = new Uint8Array(count * 2);
    for (let index = 0; index < count; index++) {
      const value = ((this.#sample + index) % 65_535) + 1;
      pcm[index * 2] = value >> 8;
      pcm[index * 2 + 1] = value & 0xff;
    }
    this.#sender.pushSound(this.generation, { timelineSample: this.#sample, pcm }, nowMs);
    this.#sample += count;
  }
}

export type RunOptions = {
  readonly sender: Sender;
  readonly fromMs: number;
  readonly toMs: number;
  /** How late each wake-up is. */
  readonly lateMs?: (nowMs: number) => number;
  readonly feed?: FilmFeed | null;
  readonly onSent?: (sent: Sent) => void;
  readonly onEvent?: (event: SenderEvent, atMs: number) => void;
};

/** The driver's loop in virtual time. */
export function run({ sender, fromMs, toMs, lateMs, feed, onSent, onEvent }: RunOptions): void {
  let nowMs = fromMs;
  while (nowMs < toMs) {
    feed?.fill(nowMs);
    let output = sender.poll(nowMs);
    for (; output.kind !== "wait"; output = sender.poll(nowMs)) {
      if (output.kind === "transmit") onSent?.({ atMs: nowMs, packet: output.packet, to: output.to });
      else if (output.kind === "shown") sender.noteShown(output.picture, nowMs);
      else onEvent?.(output.event, nowMs);
    }
    const untilMs = Math.min(sender.prepare(nowMs), toMs);
    nowMs = Math.max(untilMs, nowMs + 1e-3) + (lateMs?.(untilMs) ?? 0);
  }
}
