/** What live inputs have in common: they hand over what they capture with the time at which it was captured, on the monotonic clock. */

import type { Picture } from "../jpeg-encoder.ts";
import type { ItemInfo } from "../messages.ts";
import type { Size } from "../picture-size.ts";

export type LiveSink = {
  /** `picture` is good during the call only. */
  readonly picture: (capturedUs: number, picture: Picture) => void;
  /** A picture of this size came of a stream that may change, whether it is sent or not. */
  readonly seen: (capturedUs: number, size: Size) => void;
  /** Nothing is due yet; told again and again. */
  readonly waiting: () => void;
  /** A picture that came as a JPEG. False if it cannot be sent as it is: then it is to be decoded. */
  readonly passJpeg: (capturedUs: number, jpeg: Uint8Array) => boolean;
  /** Interleaved sample frames at the channel's rate: `sample` is the first one's index since time 0 of the monotonic clock. */
  readonly sound: (sample: number, samples: Int16Array) => void;
};

export type LiveFacts = Pick<ItemInfo, "video" | "audio">;

export type LiveCapture = {
  readonly facts: LiveFacts;
  /** As `ItemInfo` has them, at the moment. */
  readonly relays?: () => readonly number[];
  /** Captures until the signal comes. Rejects with an ItemError when the input is lost. */
  readonly run: (sink: LiveSink, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
};

/** The monotonic clock in µs: the timeline of everything that is live. */
export function nowUs(): number {
  return Number(process.hrtime.bigint()) / 1000;
}
