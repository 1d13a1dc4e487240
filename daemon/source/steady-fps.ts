/** The rate of an item's pictures where it is the same everywhere: what cannot be exceeded, and what they can be spread by. */

import type { ItemInfo } from "./messages.ts";

/** Rates that differ by less are the same (23.976 and 23.98). */
const SAME_RATE = 1.001;

/** Null where it is not known, or is an average: a phone's film, or that of a screen, has stretches that are faster. */
export function steadyFps(item: ItemInfo | null): number | null {
  const video = item?.video ?? null;
  return video === null || video.isVariable === true ? null : video.fps;
}

/** Whether more is asked for than there is. */
export function isAbove(fps: number, sourceFps: number | null): boolean {
  return sourceFps !== null && fps > sourceFps * SAME_RATE;
}

/** `averageFps` is over the whole; `baseFps` is the one whose ticks all pictures lie on. */
export function isVariable(averageFps: number, baseFps: number): boolean {
  return averageFps > 0 && baseFps > 0 && Math.max(averageFps / baseFps, baseFps / averageFps) > SAME_RATE;
}
