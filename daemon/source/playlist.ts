/** Where in the playlist and in the channel's continuous time playing is, and what follows. Pure. */

import type { SourceStart } from "./messages.ts";

/** An item that is being entered. */
export type Place = {
  readonly itemIndex: number;
  /** Timeline time of the item's position 0, µs. A double: fractions are carried from item to item. */
  readonly itemStartUs: number;
  /** Where in the item to begin, µs. */
  readonly positionUs: number;
};

/** µs that an item takes, as far as it is known; 0 for one that cannot be played. */
export type KnownPeriods = ReadonlyMap<number, number>;

export function placeOfStart(start: SourceStart): Place {
  const positionUs = Math.max(0, start.positionMs * 1000);
  return { itemIndex: start.itemIndex, itemStartUs: start.timelineMs * 1000 - positionUs, positionUs };
}

export function startAt(generation: number, { itemIndex, itemStartUs, positionUs }: Place): SourceStart {
  return { generation, itemIndex, positionMs: positionUs / 1000, timelineMs: (itemStartUs + positionUs) / 1000 };
}

/** The place after an item that took `periodUs`; null at the end of a playlist that is not repeated. What lay past the item's end is carried over. */
export function placeAfter(place: Place, periodUs: number, itemCount: number, loop: boolean): Place | null {
  const isLast = place.itemIndex + 1 >= itemCount;
  if (isLast && !loop) return null;
  return {
    itemIndex: isLast ? 0 : place.itemIndex + 1,
    itemStartUs: place.itemStartUs + periodUs,
    positionUs: Math.max(0, place.positionUs - periodUs),
  };
}

/** Walks over items that are known to end before the wanted position, whole passes at once. Null: the playlist ends before it. */
export function skipKnownItems(from: Place, periods: KnownPeriods, itemCount: number, loop: boolean): Place | null {
  let place: Place | null = from;
  const passUs = sumOfPass(periods, itemCount);
  if (loop && passUs !== null && passUs > 0 && place.positionUs >= passUs) {
    const walkedUs = Math.floor(place.positionUs / passUs) * passUs;
    place = { ...place, itemStartUs: place.itemStartUs + walkedUs, positionUs: place.positionUs - walkedUs };
  }
  // A pass at most: after it either an item is unknown, or the position lies in one, or nothing can be played.
  for (let walked = 0; walked < itemCount && place !== null; walked++) {
    const periodUs = periods.get(place.itemIndex);
    if (periodUs === undefined || place.positionUs < periodUs || periodUs === 0) return place;
    place = placeAfter(place, periodUs, itemCount, loop);
  }
  return place;
}

function sumOfPass(periods: KnownPeriods, itemCount: number): number | null {
  let sum = 0;
  for (let index = 0; index < itemCount; index++) {
    const periodUs = periods.get(index);
    if (periodUs === undefined) return null;
    sum += periodUs;
  }
  return sum;
}
