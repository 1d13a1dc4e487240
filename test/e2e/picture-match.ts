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

/** To find a place, every so many pixels suffice. */
const COARSE_STEP = 29;
/** So many recorded pictures are tried as the one to start from. */
const ANCHORS = 12;
/** So many pictures may be missing on either side of that one. */
const REACH = 96;
/**
 * A gap is believed only where it explains the pictures after it (or before it) so much better, in summed mean squares: in a still scene or a fade a neighbour
 * often fits as well as the picture itself, once an encoder has been at work.
 */
const GAP_COST = 100;

/** Peak signal-to-noise ratio of two pictures of the same size, 8 bit, decibels. */
export function psnrDb(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new Error(`pictures of ${a.length} and ${b.length} pixels cannot be compared`);
  const error = meanSquare(a, b, 1);
  return error === 0 ? EQUAL_DB : Math.min(EQUAL_DB, 10 * Math.log10(255 ** 2 / error));
}

/** One match for each recorded picture: the film in its order, with the gaps that fit all of them best. */
export function matchPictures(recorded: LumaFilm, reference: LumaFilm): readonly PictureMatch[] {
  const count = reference.pictures.length;
  if (count === 0) return [];
  const at = (index: number): Uint8Array => reference.pictures[((index % count) + count) % count] ?? new Uint8Array();
  const start = findStart(recorded, reference);
  // Further away the film's own repetition begins.
  const reach = Math.min(REACH, (count - 1) >> 1);
  const gaps = findGaps(recorded.pictures.length, reach, (position, shift) =>
    meanSquare(recorded.pictures[position] ?? new Uint8Array(), at(start + position + shift), COARSE_STEP),
  );
  const first = start + (gaps[0] ?? 0);
  const origin = start + (((first % count) + count) % count) - first;
  return recorded.pictures.map((picture, position) => {
    const index = origin + position + (gaps[position] ?? 0);
    return { index, psnrDb: psnrDb(picture, at(index)) };
  });
}

/** Of the pictures from the first recorded to the last, how many are there: 1 for all. */
export function shareRecorded(matches: readonly PictureMatch[]): number {
  const [first, last] = [matches.at(0), matches.at(-1)];
  return first === undefined || last === undefined ? 0 : matches.length / (last.index - first.index + 1);
}

/** Where the first recorded picture would lie if none were missing, going by the one whose place stands out most from the second best. */
function findStart(recorded: LumaFilm, reference: LumaFilm): number {
  let [start, leastAmbiguity] = [0, Infinity];
  const step = Math.max(1, Math.floor(recorded.pictures.length / ANCHORS));
  for (let position = 0; position < recorded.pictures.length; position += step) {
    const picture = recorded.pictures[position] ?? new Uint8Array();
    let [index, least, second] = [0, Infinity, Infinity];
    reference.pictures.forEach((candidate, place) => {
      const error = meanSquare(picture, candidate, COARSE_STEP);
      if (error < least) [index, least, second] = [place, error, least];
      else if (error < second) second = error;
    });
    const ambiguity = second === 0 ? 1 : least / second;
    if (ambiguity >= leastAmbiguity) continue;
    [start, leastAmbiguity] = [index - position, ambiguity];
  }
  return start;
}

/**
 * How many pictures (−reach to reach) each position is shifted: never less than the one before, at the least sum of `errorAt` and of the cost of gaps.
 * Found by dynamic programming over positions and shifts.
 */
function findGaps(positions: number, reach: number, errorAt: (position: number, shift: number) => number): readonly number[] {
  const shifts = 2 * reach + 1;
  const before: Uint16Array[] = [];
  let costs = new Float64Array(shifts);
  for (let position = 0; position < positions; position++) {
    const next = new Float64Array(shifts);
    const from = new Uint16Array(shifts);
    let cheapest = 0;
    for (let shift = 0; shift < shifts; shift++) {
      if ((costs[shift] ?? 0) < (costs[cheapest] ?? 0)) cheapest = shift;
      const [staying, jumping] = [costs[shift] ?? 0, (costs[cheapest] ?? 0) + (position === 0 ? 0 : GAP_COST)];
      from[shift] = staying <= jumping ? shift : cheapest;
      next[shift] = Math.min(staying, jumping) + errorAt(position, shift - reach);
    }
    before.push(from);
    costs = next;
  }
  let shift = costs.indexOf(Math.min(...costs));
  // Where several are equal, the one that the anchor says.
  if (costs[reach] === costs[shift]) shift = reach;
  const found: number[] = [];
  for (let position = positions - 1; position >= 0; position--) {
    found[position] = shift - reach;
    shift = before[position]?.[shift] ?? shift;
  }
  return found;
}

function meanSquare(a: Uint8Array, b: Uint8Array, step: number): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += step) sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2;
  return sum / Math.ceil(a.length / step);
}
