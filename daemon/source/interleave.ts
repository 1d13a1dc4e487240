/**
 * Brings one item's pictures and sound into timeline order, as one pipe must carry them: sound in short pieces, each picture after
 * the sound that comes before it. Pure. Times are timeline µs, positions in sound are sample indices since timeline 0.
 */

import type { ReadPicture } from "./item-reader.ts";
import type { EncodedPicture } from "./jpeg-encoder.ts";
import { createSoundTrack, sampleAt } from "./sound-track.ts";

/** Pieces of sound: short enough to lie between two pictures, long enough to cost little. */
const PIECE_MS = 25;
/** How far one stream may be ahead in a badly interleaved file before the other one is taken to have a gap there. */
export const MOST_WAIT_US = 3e6;

export type InterleaveOptions = {
  /** Null if the channel wants no sound. */
  readonly sound: { readonly sampleRateHz: number; readonly channels: number; readonly firstSample: number } | null;
  /** Where the item's picture begins and (as far as it is known without reading) ends; null if it has none. */
  readonly picture: ReadPicture | null;
  /** Where the item's own sound begins; null if it has none. */
  readonly soundStartUs: number | null;
  /** Bound for pictures that wait for sound, and for sound that waits for a picture. */
  readonly maxBytes: number;
};

export type Interleaved =
  | { readonly kind: "picture"; readonly timelineUs: number; readonly picture: EncodedPicture }
  | { readonly kind: "sound"; readonly sample: number; readonly samples: Int16Array };

export type Interleaver = {
  /** Pictures come in order. `picture` is null for one that is only passed over. */
  readonly putPicture: (timelineUs: number, endUs: number, picture: EncodedPicture | null) => void;
  readonly putSound: (sample: number, samples: Int16Array) => void;
  /** The item is over: what is left comes out, sound cut or padded to `endUs`. */
  readonly finish: (endUs: number) => void;
  /** What can be sent by now, in order; call until it answers null. */
  readonly poll: () => Interleaved | null;
  /** The end of the last picture so far; null before any. */
  readonly pictureEndUs: () => number | null;
  /** The sample after the last one that came out. */
  readonly nextSample: () => number;
};

export function createInterleaver(options: InterleaveOptions): Interleaver {
  const { sound, picture } = options;
  const rate = sound?.sampleRateHz ?? 1;
  const track = createSoundTrack(sound?.firstSample ?? 0, sound?.channels ?? 1);
  const pieceSamples = Math.round((rate * PIECE_MS) / 1000);
  const lagSamples = sampleAt(MOST_WAIT_US, rate);
  const waiting: { readonly timelineUs: number; readonly picture: EncodedPicture }[] = [];
  let waitingBytes = 0;
  let pictureStartUs: number | null = null;
  let pictureEndUs: number | null = null;
  let finishedUs: number | null = null;

  /** Up to here it is known what there is to hear, silence included. */
  const soundKnownTo = (): number => {
    if (options.soundStartUs === null || finishedUs !== null || waitingBytes > options.maxBytes) return Infinity;
    // From its start on: the sound that belongs to a picture lies behind it in the file, however long it stands.
    const pictureSample = pictureStartUs === null ? -Infinity : sampleAt(pictureStartUs, rate);
    return Math.max(track.knownEnd(), sampleAt(options.soundStartUs, rate), pictureSample - lagSamples);
  };

  /** Beyond here the item might be over. */
  const soundAllowedTo = (): number => {
    if (finishedUs !== null) return sampleAt(finishedUs, rate);
    if (picture === null) return track.knownEnd();
    const seen = sampleAt(pictureEndUs ?? picture.startUs, rate);
    const surplus = track.knownEnd() - lagSamples;
    const allowed = surplus <= seen ? seen : Math.max(seen, Math.min(surplus, sampleAt(picture.expectedEndUs(), rate)));
    return Math.min(allowed, heldFrom(picture));
  };

  /** A decoder gives a picture when it has some that come after it, seconds later where pictures stand long: that is no gap. */
  const heldFrom = ({ heldFromUs }: ReadPicture): number => {
    const soundBytes = (track.knownEnd() - track.next()) * (sound?.channels ?? 1) * Int16Array.BYTES_PER_ELEMENT;
    const heldUs = soundBytes > options.maxBytes ? null : heldFromUs();
    return heldUs === null ? Infinity : sampleAt(heldUs, rate);
  };

  const pollSound = (): Interleaved | null => {
    const sample = track.next();
    const limit = Math.min(soundKnownTo(), soundAllowedTo());
    const end = finishedUs === null ? sample + pieceSamples : Math.min(sample + pieceSamples, limit);
    return end > limit || end <= sample ? null : { kind: "sound", sample, samples: track.take(end) };
  };

  const poll = (): Interleaved | null => {
    const [first] = waiting;
    const isDue = first !== undefined && (sound === null || sampleAt(first.timelineUs, rate) <= track.next());
    const soundPiece = sound === null || isDue ? null : pollSound();
    if (soundPiece !== null || first === undefined || (!isDue && finishedUs === null)) return soundPiece;
    waiting.shift();
    waitingBytes -= first.picture.jpeg.length;
    return { kind: "picture", ...first };
  };

  return {
    putPicture: (timelineUs, endUs, encoded) => {
      pictureStartUs = timelineUs;
      // That of a former one may lie behind it: some containers give the time until the next picture is decoded.
      pictureEndUs = endUs;
      if (encoded === null) return;
      waiting.push({ timelineUs, picture: encoded });
      waitingBytes += encoded.jpeg.length;
    },
    putSound: (sample, samples) => {
      if (sound !== null) track.put(sample, samples);
    },
    finish: (endUs) => {
      finishedUs = endUs;
    },
    poll,
    pictureEndUs: () => pictureEndUs,
    nextSample: () => track.next(),
  };
}
