/** What a file and the test film have in common for the player. Positions are µs since the item's presentation start. */

import type { EncodedPicture, Picture } from "./jpeg-encoder.ts";
import type { ItemInfo } from "./messages.ts";

/** Where a reader puts what it has read. */
export type ItemSink = {
  /** In presentation order. `picture` is good during the call only, and rendered only if it is wanted. */
  readonly picture: (positionUs: number, endUs: number, picture: Picture) => void;
  /** As above, of a picture that is encoded already; null from one that is not sent. */
  readonly encoded: (positionUs: number, endUs: number, picture: () => EncodedPicture | null) => void;
  /** A run is a stretch of sound without a gap: `samples` belong `offset` sample frames after its start. */
  readonly sound: (runStartUs: number, offset: number, samples: Int16Array) => void;
};

export type ItemReader = {
  readonly facts: Pick<ItemInfo, "name" | "durationMs" | "video" | "audio">;
  /** Null if the item has no picture. */
  readonly picture: ReadPicture | null;
  /** Null if it has no sound or none is wanted. */
  readonly soundStartUs: number | null;
  /** Goes to the last place at or before the position from which decoding gives everything that follows. Once, before any step. */
  readonly seek: (positionUs: number) => void;
  /** Pictures that end before the position need not be decoded where that can be avoided. */
  readonly passOver: (positionUs: number) => void;
  /** Null if it can step on, as one that has no such thing always can; else resolves when it can. */
  readonly comes?: () => Promise<void> | null;
  /** A small piece of work. False when the item is over. Throws ItemError. */
  readonly step: (sink: ItemSink) => boolean;
  /** After the last step: whether the item's own end was reached, and not an error of reading. */
  readonly isWhole: () => boolean;
  readonly close: () => void;
};

export type ReadPicture = {
  readonly startUs: number;
  /** May read the file, once. */
  readonly expectedEndUs: () => number;
  /** Where the first picture is shown that has been read and is still to come; null if there is none. */
  readonly heldFromUs: () => number | null;
};

/** An item cannot be played. The message is for a person: one line that names the file and the remedy. */
export class ItemError extends Error {
  override readonly name = "ItemError";
}
