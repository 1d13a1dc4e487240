/** The pictures of a channel as JPEG files in datagrams, one each: it leaves when it is due, whole. Pure. */

import { buildPictureDatagram } from "../../wire/datagram/index.ts";
import type { PictureEncoding } from "../../wire/datagram/index.ts";
import type { Begun } from "./begun.ts";

const NOTHING: readonly Uint8Array[] = [];

export class DatagramPictures {
  readonly #encoding: PictureEncoding;
  readonly #utcOffsetMs: number;
  #sequence: number;
  #startMs = 0;
  #datagram: Uint8Array | null = null;
  #nextGroupMs = 0;

  constructor(encoding: PictureEncoding, firstSeq: number, utcOffsetMs: number) {
    this.#encoding = encoding;
    this.#sequence = firstSeq;
    this.#utcOffsetMs = utcOffsetMs;
  }

  start(startMs: number): void {
    this.#startMs = startMs;
  }

  get isUnderWay(): boolean {
    return this.#datagram !== null;
  }

  groupDeadlineMs(): number {
    return this.#nextGroupMs;
  }

  begin(jpeg: Uint8Array, dueMs: number, fromMs: number): Begun {
    const stamp = {
      sequence: this.#sequence,
      mediaUs: Math.max(0, Math.round((dueMs - this.#startMs) * 1000)),
      senderUs: Math.round((dueMs + this.#utcOffsetMs) * 1000),
    };
    const built = buildPictureDatagram(jpeg, stamp, this.#encoding);
    if (!built.ok) return built;
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#datagram = built.value;
    this.#nextGroupMs = fromMs;
    return { ok: true };
  }

  takeGroup(nowMs: number): readonly Uint8Array[] {
    if (this.#datagram === null || nowMs < this.#nextGroupMs) return NOTHING;
    const group = [this.#datagram];
    this.#datagram = null;
    return group;
  }

  abandon(): void {
    if (this.#datagram === null) return;
    this.#datagram = null;
    this.#sequence = (this.#sequence - 1) >>> 0;
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
