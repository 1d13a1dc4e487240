/**
 * Puts pictures and sound on one line of time that begins with the first of them: sound without a gap or a double, silence where the stream
 * was away, pictures in order. It goes by the sender's clock, but for that clock's steps. Pure.
 */

import type { ReceivedPicture, ReceivedSound, SoundForm } from "../../media.ts";

/** Sound comes a little before the picture of its time, a cut falls on a picture: so much is held back, to be cut there. */
const HELD_MS = 500;
/** The first picture is waited for so long before the sound begins the recording. */
const FIRST_PICTURE_MS = 1000;
/** Silence is made in pieces, and so much of it at a time: a night without the sender neither fills the memory nor holds up what comes. */
const PIECE_MS = 1000;
const MOST_SILENCE_MS = 10_000;
/** The two clocks drift by much less, and the estimate of one by the other is better. */
const STEP_MS = 1000;

export type Placed =
  | { readonly kind: "picture"; readonly atMs: number; readonly picture: ReceivedPicture }
  /** `first`: sample frames since zero. */
  | { readonly kind: "sound"; readonly first: number; readonly samples: Int16Array };

type Silence = { readonly kind: "silence"; readonly first: number; readonly frames: number };
type Held = Extract<Placed, { readonly kind: "sound" }> | Silence;
type Times = Pick<ReceivedPicture, "senderMs" | "localMs">;

export class Timeline {
  readonly #audio: SoundForm | null;
  readonly #hasPicture: boolean;
  #zeroMs: number | null = null;
  /** The sender's clock minus this host's, as of the last thing that came. */
  #offsetMs = 0;
  #waiting: ReceivedSound[] = [];
  /** Placed sound that has not gone out. */
  #held: Held[] = [];
  #heldEnd = 0;
  /** `firstSample` of the stream minus the place on this line; null before the first, and after a jump. */
  #base: number | null = null;
  #lastPictureMs = -1;
  /** What is to go out, in its order. */
  #out: (Placed | Silence)[] = [];

  constructor(hasPicture: boolean, audio: SoundForm | null) {
    this.#hasPicture = hasPicture;
    this.#audio = audio;
  }

  /** Where the recording ends by what has come. */
  get endMs(): number {
    return Math.max(this.#lastPictureMs, this.#toMs(this.#heldEnd));
  }

  /** Each of these answers is to be taken to its end before the next thing is given. */
  picture(picture: ReceivedPicture): Iterable<Placed> {
    if (this.#zeroMs === null) this.#begin(picture);
    const atMs = this.#placeOf(picture);
    // Whatever clock it came by, the line goes on.
    if (atMs <= this.#lastPictureMs) return [];
    this.#lastPictureMs = atMs;
    this.#releaseTo(this.#toSample(atMs));
    this.#out.push({ kind: "picture", atMs, picture });
    return this.#giveOut(this.#toSample(MOST_SILENCE_MS));
  }

  sound(sound: ReceivedSound): Iterable<Placed> {
    if (this.#audio === null) return [];
    if (this.#zeroMs === null) {
      this.#waiting.push(sound);
      const [first] = this.#waiting;
      if (first === undefined || (this.#hasPicture && sound.localMs - first.localMs < FIRST_PICTURE_MS)) return [];
      this.#begin(first);
    } else this.#place(sound);
    this.#releaseTo(this.#hasPicture ? this.#heldEnd - this.#toSample(HELD_MS) : this.#heldEnd);
    return this.#giveOut(this.#toSample(MOST_SILENCE_MS));
  }

  /** Everything that is held back. */
  finish(): Iterable<Placed> {
    if (this.#zeroMs === null && this.#waiting[0] !== undefined) this.#begin(this.#waiting[0]);
    this.#releaseTo(this.#heldEnd);
    return this.#giveOut(Infinity);
  }

  #begin({ senderMs, localMs }: Times): void {
    this.#zeroMs = senderMs;
    this.#offsetMs = senderMs - localMs;
    for (const sound of this.#waiting) this.#place(sound);
    this.#waiting = [];
  }

  /** Milliseconds since zero. A step of the sender's clock moves the zero with it: this host's own clock makes none. */
  #placeOf({ senderMs, localMs }: Times): number {
    const offsetMs = senderMs - localMs;
    const stepMs = offsetMs - this.#offsetMs;
    if (Math.abs(stepMs) > STEP_MS) this.#zeroMs = (this.#zeroMs ?? 0) + stepMs;
    this.#offsetMs = offsetMs;
    return senderMs - (this.#zeroMs ?? 0);
  }

  #place(sound: ReceivedSound): void {
    if (this.#audio === null) return;
    const { firstSample, samples } = sound;
    const frames = samples.length / this.#audio.channels;
    const isNext = this.#base !== null && firstSample - this.#base === this.#heldEnd;
    const place = this.#toSample(this.#placeOf(sound));
    const first = isNext ? this.#heldEnd : place;
    this.#base = firstSample - first;
    if (first > this.#heldEnd) this.#hold({ kind: "silence", first: this.#heldEnd, frames: first - this.#heldEnd });
    const skip = this.#heldEnd - first;
    if (skip >= frames) return;
    this.#hold({ kind: "sound", first: this.#heldEnd, samples: skip > 0 ? samples.subarray(skip * this.#audio.channels) : samples });
  }

  #hold(piece: Held): void {
    this.#held.push(piece);
    this.#heldEnd += this.#framesOf(piece);
  }

  /** Sound before a place goes out: what lies across it is cut there. */
  #releaseTo(end: number): void {
    for (let [piece] = this.#held; piece !== undefined && piece.first < end; [piece] = this.#held) {
      this.#held.shift();
      const [before, after] = this.#cut(piece, Math.min(this.#framesOf(piece), end - piece.first));
      this.#out.push(before);
      if (after !== null) this.#held.unshift(after);
    }
  }

  *#giveOut(mostSilentFrames: number): Generator<Placed> {
    let left = mostSilentFrames;
    for (let [next] = this.#out; next !== undefined && (next.kind !== "silence" || left > 0); [next] = this.#out) {
      this.#out.shift();
      if (next.kind !== "silence") {
        yield next;
        continue;
      }
      const [piece, rest] = this.#cut(next, Math.min(next.frames, this.#toSample(PIECE_MS)));
      if (rest !== null) this.#out.unshift(rest);
      const frames = this.#framesOf(piece);
      left -= frames;
      yield { kind: "sound", first: piece.first, samples: new Int16Array(frames * (this.#audio?.channels ?? 1)) };
    }
  }

  #framesOf(piece: Held): number {
    return piece.kind === "silence" ? piece.frames : piece.samples.length / (this.#audio?.channels ?? 1);
  }

  /** Into so many sample frames and what is left of it. */
  #cut(piece: Held, frames: number): readonly [Held, Held | null] {
    const all = this.#framesOf(piece);
    if (frames >= all) return [piece, null];
    const first = piece.first + frames;
    if (piece.kind === "silence")
      return [
        { ...piece, frames },
        { ...piece, first, frames: all - frames },
      ];
    const at = frames * (this.#audio?.channels ?? 1);
    return [
      { ...piece, samples: piece.samples.subarray(0, at) },
      { ...piece, first, samples: piece.samples.subarray(at) },
    ];
  }

  #toSample(ms: number): number {
    return Math.round((ms * (this.#audio?.sampleRateHz ?? 1)) / 1000);
  }

  #toMs(sample: number): number {
    return (sample * 1000) / (this.#audio?.sampleRateHz ?? 1);
  }
}
