/** Which item of the playlist lies where on the timeline: from what the source tells of the items that it enters. Pure. */

import type { ItemInfo, SourceStart } from "./source/messages.ts";

/** The read-ahead spans two items, or many very short ones: more of the past is of no use. */
const MOST_ITEMS = 64;

export class ItemTrack {
  readonly #items: ItemInfo[] = [];

  note(info: ItemInfo): void {
    const last = this.#items.at(-1);
    if (last !== undefined && last.generation === info.generation && last.timelineMs === info.timelineMs) this.#items.pop();
    else if (last !== undefined && last.generation !== info.generation) this.#items.length = 0;
    this.#items.push(info);
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

  /** Where a new source has to begin, so that it goes on at `timelineMs` in the same film. */
  startAt(timelineMs: number, generation: number): SourceStart {
    const item = this.at(timelineMs);
    if (item === null) return { generation, itemIndex: 0, positionMs: 0, timelineMs: 0 };
    return { generation, itemIndex: item.itemIndex, positionMs: Math.max(0, timelineMs - item.timelineMs), timelineMs };
  }
}
