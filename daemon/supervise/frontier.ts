/** How far the media of a place has come, so that another source can go on from there without a gap and without anything twice. Pure. */

import type { ItemInfo, SourceMessage, SourceStart } from "../source/messages.ts";
import { ROUNDING_US } from "../source/read-ahead.ts";

/** The form of a channel's sound; null if it has none. */
type Sound = { readonly sampleRateHz: number; readonly channels: 1 | 2 } | null;

export class Frontier {
  readonly #start: SourceStart;
  readonly #sound: Sound;
  readonly #bytesPerSample: number;
  #item: ItemInfo | null = null;
  #pictureUs = -Infinity;
  /** Behind the last sample. */
  #sample = -Infinity;

  constructor(start: SourceStart, sound: Sound) {
    this.#start = start;
    this.#sound = sound;
    this.#bytesPerSample = 2 * (sound?.channels ?? 1);
  }

  /** What comes of another generation is of another place. */
  note(message: SourceMessage): void {
    if (message.kind === "item" ? message.info.generation !== this.#start.generation : message.generation !== this.#start.generation)
      return;
    if (message.kind === "item") this.#item = message.info;
    else if (message.kind === "frame") this.#pictureUs = message.timelineUs;
    else if (message.kind === "audio") this.#sample = message.timelineSample + message.pcm.length / this.#bytesPerSample;
  }

  /** Where another source begins, from which `beyond` leaves what has not come yet. */
  place(): SourceStart {
    if (this.#item === null) return this.#start;
    const { generation, itemIndex, timelineMs: itemMs } = this.#item;
    const seenMs = this.#pictureUs === -Infinity ? Infinity : (this.#pictureUs + ROUNDING_US) / 1000;
    const heardMs = this.#sound === null ? Infinity : (this.#sample * 1000) / this.#sound.sampleRateHz;
    const reachedMs = Math.min(seenMs, heardMs);
    const timelineMs = Math.max(itemMs, this.#start.timelineMs, reachedMs === Infinity ? itemMs : reachedMs);
    return { generation, itemIndex, positionMs: timelineMs - itemMs, timelineMs };
  }

  /** Whether all has come that lies before a place: sound, and with it the pictures that come before it. */
  hasPassed({ timelineMs }: SourceStart): boolean {
    const reachedUs = this.#sound === null ? this.#pictureUs : (this.#sample * 1e6) / this.#sound.sampleRateHz;
    return reachedUs >= timelineMs * 1000;
  }

  /** What of a message has not come before; null: nothing. */
  beyond(message: SourceMessage): SourceMessage | null {
    if (message.kind === "frame") return message.timelineUs > this.#pictureUs + ROUNDING_US ? message : null;
    if (message.kind !== "audio" || message.timelineSample >= this.#sample) return message;
    const known = (this.#sample - message.timelineSample) * this.#bytesPerSample;
    return known < message.pcm.length ? { ...message, timelineSample: this.#sample, pcm: message.pcm.subarray(known) } : null;
  }
}
