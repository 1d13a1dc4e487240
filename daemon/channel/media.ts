/** What a channel plays, whatever it is: a film, a playlist, or something live with what stands in for it. */

import type { ItemInfo, SourceItem } from "../source/messages.ts";

export type Media = {
  /** What the current place belongs to. */
  readonly generation: number;
  readonly playlist: readonly SourceItem[];
  readonly restarts: number;
  readonly sourcePid: number | null;
  /** SSRCs of the pictures of the channels that this one is sent on from; null where that is none's. */
  readonly relays: readonly number[] | null;
  /** Pictures that were made smaller to keep within `maxFrameBytes`. */
  readonly oversizeFrames: number;
  /** The item that plays at this timeline time, as far as it is known. */
  readonly itemAt: (timelineMs: number | null) => ItemInfo | null;
  /** Which item that is; where it is not known yet, the one that was asked for. */
  readonly itemIndexAt: (timelineMs: number | null) => number;
  /** Where in it; before anything of it is sent, the place that was asked for. */
  readonly positionAt: (timelineMs: number | null) => number;
  /** These items from a place on, with a new source. */
  readonly start: (playlist: readonly SourceItem[], itemIndex: number, positionMs: number) => void;
  /** Elsewhere, in the source that is there. */
  readonly moveTo: (itemIndex: number, positionMs: number) => void;
  /** Another form is wanted. */
  readonly reformat: () => void;
  readonly stop: () => void;
  /** The sender has taken this much since the beginning. */
  readonly noteConsumed: (frames: number, samples: number) => void;
  /** The sender is starved: what lies before this timeline time is of no use any more. */
  readonly noteBehind: (timelineMs: number) => void;
  /** A pause begins: what is sent is held. */
  readonly hold: () => void;
  /** It is over. The clock stood still: what was said of it before does not hold. */
  readonly release: () => void;
};
