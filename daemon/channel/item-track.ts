/** Which item of the playlist lies where on the timeline of one place: from what the source tells of the items that it enters. Pure. */

import type { ItemInfo, SourceStart } from "../source/messages.ts";

/** The read-ahead spans two items, or many very short ones: more of the past is of no use. */
const MOST_ITEMS = 64;

export class ItemTrack {
  readonly #items: ItemInfo[] = [];

  note(info: ItemInfo): void {
    const known = this.#items.findIndex(({ timelineMs }) => timelineMs === info.timelineMs);
    if (known >= 0) this.#items[known] = info;
    else this.#items.push(info);
    if (this.#items.length > MOST_ITEMS) this.#items.shift();
  }

  get latest(): ItemInfo | null {
    return this.#items.at(-1) ?? null;
  }

  /** The item that plays at this timeline time: the last one entered before it. */
  at(timelineMs: number | null): ItemInfo | null {
    if (timelineMs === null) return this.#items[0] ?? null;
    return this.#items.findLast((item) => item.timelineMs <= timelineMs) ?? this.#items[0] ?? null;
  }

  /** Where a new source has to begin, so that it goes on at `timelineMs` in the same film; null before anything is known. */
  startAt(timelineMs: number, generation: number): SourceStart | null {
    const item = this.at(timelineMs);
    if (item === null) return null;
    return { generation, itemIndex: item.itemIndex, positionMs: Math.max(0, timelineMs - item.timelineMs), timelineMs };
  }
}

/** Where in an item its media of this timeline time lies. */
export function positionIn({ timelineMs: beganMs, durationMs }: ItemInfo, timelineMs: number): number {
  return Math.round(Math.min(Math.max(0, timelineMs - beganMs), durationMs ?? Number.POSITIVE_INFINITY));
}
