/** What the three kinds of recordings have in common: pictures and sound at exact times from the file's own zero. */

import type { ReceivedPicture, SoundForm } from "../../media.ts";

/** One file that is being written. Each call throws a RecordingError when the file cannot be written any further. */
export type RecordedFile = {
  /** `atMs` from the file's zero, growing. */
  readonly picture: (picture: ReceivedPicture, atMs: number) => void;
  /** `first`: place in sample frames from the file's zero; each follows the one before without a gap. */
  readonly sound: (samples: Int16Array, first: number) => void;
  /** Bytes so far. */
  readonly bytes: () => number;
  /** Writes what is left and makes the file whole; `endMs` is where it ends. */
  readonly close: (endMs: number) => void;
};

export type FileForm = { readonly hasPicture: boolean; readonly audio: SoundForm | null };

/** One line for a person. `isFull`: there is no room left where it is written. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
  readonly isFull: boolean;

  constructor(message: string, isFull: boolean, cause?: unknown) {
    super(message, { cause });
    this.isFull = isFull;
  }
}
