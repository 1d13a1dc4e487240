/** Which pictures of a film a recording holds, and how well: by luma PSNR against a reference that repeats for ever. */

import type { LumaFilm } from "./y4m.ts";

export type PictureMatch = {
  /** Position in the reference; goes on growing where the film begins again. */
  readonly index: number;
  /** Decibels; `EQUAL_DB` for equal pictures. */
  readonly psnrDb: number;
};

/** Stands for no difference at all, so that means stay numbers. */
export const EQUAL_DB = 99;

/** How far ahead a recorded picture is looked for after the one before: this many lost in a row are survived. */
const REACH = 48;
/** To find a place, every so many pixels suffice. */
const COARSE_STEP = 7;
/** So many recorded pictures are tried as the one to start from. */
const ANCHORS = 12;
/** The next picture of the film is the right one unless another fits so much better: in a still scene all fit. */
const CLEARLY_BETTER = 0.7;

/** Peak signal-to-noise ratio of two pictures of the same size, 8 bit, decibels. */
export function psnrDb(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`pictures of ${a.length} and ${b.length} pixels cannot be compared`);
  const error = meanSquare(a, b);
  return error === 0 ? EQUAL_DB : Math.min(EQUAL_DB, 10 * Math.log10(255 ** 2 / error));
}

/** One match for each recorded picture: from one that cannot be mistaken, the others are found one after the other to both sides. */
export function matchPictures(recorded: LumaFilm, reference: LumaFilm): readonly PictureMatch[] {
  const count = reference.pictures.length;
  if (count === 0 || recorded.pictures.length === 0) return [];
  const at = (index: number): Uint8Array => reference.pictures[((index % count) + count) % count] ?? new Uint8Array();
  const error = (picture: Uint8Array, index: number): number => contrastError(picture, at(index));
  /** The place of `picture` among `from`, `from + step`, …: `from` unless another one is clearly better. */
  const follow = (picture: Uint8Array, from: number, step: 1 | -1): number => {
    let best = from;
    let least = error(picture, from) * CLEARLY_BETTER;
    for (let ahead = 1; ahead < Math.min(count, REACH) && least > 0; ahead++) {
      const candidate = error(picture, from + ahead * step);
      if (candidate >= least) continue;
      least = candidate;
      best = from + ahead * step;
    }
    return best;
  };

  const anchor = findAnchor(recorded, count, error);
  const indices: number[] = [];
  indices[anchor.position] = anchor.index;
  recorded.pictures.forEach((picture, position) => {
    if (position > anchor.position) indices[position] = follow(picture, (indices[position - 1] ?? 0) + 1, 1);
  });
  for (let position = anchor.position - 1; position >= 0; position--) {
    indices[position] = follow(recorded.pictures[position] ?? new Uint8Array(), (indices[position + 1] ?? 0) - 1, -1);
  }
  return recorded.pictures.map((picture, position) => {
    const index = indices[position] ?? 0;
    return { index, psnrDb: psnrDb(picture, at(index)) };
  });
}

/** Of some recorded pictures, the one whose best place in the reference stands out most from the second best. */
function findAnchor(recorded: LumaFilm, count: number, error: (picture: Uint8Array, index: number) => number) {
  let anchor = { position: 0, index: 0, ambiguity: Infinity };
  const step = Math.max(1, Math.floor(recorded.pictures.length / ANCHORS));
  recorded.pictures.forEach((picture, position) => {
    if (position % step !== 0) return;
    let [index, least, second] = [0, Infinity, Infinity];
    for (let candidate = 0; candidate < count; candidate++) {
      const value = error(picture, candidate);
      if (value < least) [index, least, second] = [candidate, value, least];
      else if (value < second) second = value;
    }
    const ambiguity = second === 0 ? 1 : least / second;
    if (ambiguity < anchor.ambiguity) anchor = { position, index, ambiguity };
  });
  return anchor;
}

/** Of the pictures from the first recorded to the last, how many are there: 1 for all. */
export function shareRecorded(matches: readonly PictureMatch[]): number {
  const [first, last] = [matches.at(0), matches.at(-1)];
  return first === undefined || last === undefined ? 0 : matches.length / (last.index - first.index + 1);
}

/** Variance of the difference: a constant offset in brightness, which would pass for another picture of a fade, does not count. */
function contrastError(a: Uint8Array, b: Uint8Array): number {
  let [sum, squares] = [0, 0];
  for (let at = 0; at < a.length; at += COARSE_STEP) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    sum += difference;
    squares += difference * difference;
  }
  const count = Math.ceil(a.length / COARSE_STEP);
  return squares / count - (sum / count) ** 2;
}

function meanSquare(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2;
  return sum / a.length;
}
