/**
 * Puts pictures and sound on one line of time that begins with the first of them: sound without a gap or a double, silence where the stream
 * was away, pictures in order. Pure.
 */

import type { ReceivedPicture, ReceivedSound, SoundForm } from "../../media.ts";

/** Sound comes a little before the picture of its time, a cut falls on a picture: so much is held back, to be cut there. */
const HELD_MS = 500;
/** The first picture is waited for so long before the sound begins the recording. */
const FIRST_PICTURE_MS = 1000;
/** Silence is made in pieces: a night without the sender is no single allocation. */
const PIECE_MS = 1000;

export type Placed =
  | { readonly kind: "picture"; readonly atMs: number; readonly picture: ReceivedPicture }
  /** `first`: sample frames since zero. */
  | { readonly kind: "sound"; readonly first: number; readonly samples: Int16Array };

export class Timeline {
  readonly #audio: SoundForm | null;
  readonly #hasPicture: boolean;
  #zeroMs: number | null = null;
  #waiting: ReceivedSound[] = [];
  /** Placed sound that has not gone out. */
  #held: { first: number; samples: Int16Array }[] = [];
  #heldEnd = 0;
  /** `firstSample` of the stream minus the place on this line; null before the first, and after a jump. */
  #base: number | null = null;
  #lastPictureMs = -1;

  constructor(hasPicture: boolean, audio: SoundForm | null) {
    this.#hasPicture = hasPicture;
    this.#audio = audio;
  }

  /** Where the recording ends by what has come. */
  get endMs(): number {
    return Math.max(this.#lastPictureMs, this.#toMs(this.#heldEnd));
  }

  picture(picture: ReceivedPicture): readonly Placed[] {
    if (this.#zeroMs === null) this.#begin(picture.senderMs);
    const atMs = picture.senderMs - (this.#zeroMs ?? 0);
    // Whatever clock it came by, the line goes on.
    if (atMs <= this.#lastPictureMs) return [];
    this.#lastPictureMs = atMs;
    return [...this.#releaseTo(this.#toSample(atMs)), { kind: "picture", atMs, picture }];
  }

  sound(sound: ReceivedSound): readonly Placed[] {
    if (this.#audio === null) return [];
    if (this.#zeroMs === null) {
      this.#waiting.push(sound);
      const [first] = this.#waiting;
      if (first === undefined || (this.#hasPicture && sound.senderMs - first.senderMs < FIRST_PICTURE_MS)) return [];
      this.#begin(first.senderMs);
    } else this.#place(sound);
    const heldFrom = this.#hasPicture ? this.#heldEnd - this.#toSample(HELD_MS) : this.#heldEnd;
    return this.#releaseTo(heldFrom);
  }

  /** Everything that is held back. */
  finish(): readonly Placed[] {
    if (this.#zeroMs === null && this.#waiting[0] !== undefined) this.#begin(this.#waiting[0].senderMs);
    return this.#releaseTo(this.#heldEnd);
  }

  #begin(zeroMs: number): void {
    this.#zeroMs = zeroMs;
    for (const sound of this.#waiting) this.#place(sound);
    this.#waiting = [];
  }

  #place({ firstSample, samples, senderMs }: ReceivedSound): void {
    if (this.#audio === null) return;
    const frames = samples.length / this.#audio.channels;
    const isNext = this.#base !== null && firstSample - this.#base === this.#heldEnd;
    const first = isNext ? this.#heldEnd : this.#toSample(senderMs - (this.#zeroMs ?? 0));
    this.#base = firstSample - first;
    if (first > this.#heldEnd) this.#fillTo(first);
    const skip = this.#heldEnd - first;
    if (skip >= frames) return;
    this.#hold(skip > 0 ? samples.subarray(skip * this.#audio.channels) : samples);
  }

  #fillTo(first: number): void {
    const channels = this.#audio?.channels ?? 1;
    const most = this.#toSample(PIECE_MS);
    while (this.#heldEnd < first) this.#hold(new Int16Array(Math.min(most, first - this.#heldEnd) * channels));
  }

  #hold(samples: Int16Array): void {
    this.#held.push({ first: this.#heldEnd, samples });
    this.#heldEnd += samples.length / (this.#audio?.channels ?? 1);
  }

  /** Sound before a place: what lies across it is cut there. */
  #releaseTo(end: number): readonly Placed[] {
    const channels = this.#audio?.channels ?? 1;
    const released: Placed[] = [];
    for (let [piece] = this.#held; piece !== undefined && piece.first < end; [piece] = this.#held) {
      this.#held.shift();
      const frames = piece.samples.length / channels;
      const wanted = Math.min(frames, end - piece.first);
      released.push({ kind: "sound", first: piece.first, samples: piece.samples.subarray(0, wanted * channels) });
      if (wanted < frames) this.#held.unshift({ first: end, samples: piece.samples.subarray(wanted * channels) });
    }
    return released;
  }

  #toSample(ms: number): number {
    return Math.round((ms * (this.#audio?.sampleRateHz ?? 1)) / 1000);
  }

  #toMs(sample: number): number {
    return (sample * 1000) / (this.#audio?.sampleRateHz ?? 1);
  }
}
