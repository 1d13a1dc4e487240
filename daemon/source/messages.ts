/**
 * What crosses between the daemon and a source process.
 * Down (stdin of the source): one JSON object a line. Up (fd 3): binary messages,
 * each `u32 length of what follows | u8 type | …`, little-endian, so that pictures are not copied through JSON.
 */

import type { LiveInput } from "../../config/values/live-source.ts";

/** One thing to play: a file, the generated test film, something live, or what stands in for it while it is away. */
export type SourceItem =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "test-film" }
  /** Alone in its playlist. Its timeline is the monotonic clock: the time of capture. */
  | { readonly kind: "live"; readonly input: LiveInput; readonly capture: CaptureOptions }
  | { readonly kind: "slate"; readonly title: string };

/** How a device is asked to capture; null leaves it to the device. */
export type CaptureOptions = {
  readonly format: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
  readonly microphone: "arecord" | "mic";
};

/** The form in which pictures and sound are wanted. */
export type SourceFormat = {
  /** What decodes the pictures of files. */
  readonly engine: "default" | "opencv";
  readonly width: number;
  readonly quality: number;
  readonly maxFrameBytes: number;
  readonly audio: { readonly sampleRateHz: number; readonly channels: 1 | 2 } | null;
};

/** Where encoded films are kept, and how much the directory may hold; null: nowhere. */
export type SourceCache = { readonly dir: string; readonly maxBytes: number } | null;

/** Where in the playlist, and where in the channel's own continuous time, to begin. */
export type SourceStart = {
  /** Copied into everything that follows, so that the daemon can tell what belongs to an abandoned place. */
  readonly generation: number;
  readonly itemIndex: number;
  /**
   * Position inside the item. May lie past its end: the source walks on through the playlist (loops counted) from there, or to the
   * beginning of the next item where nothing tells how far past the end it is.
   */
  readonly positionMs: number;
  /** Timeline time that belongs to `positionMs`. Timeline time is continuous over loops and items. */
  readonly timelineMs: number;
};

export type SourceCommand =
  /** The first line; sent once. */
  | {
      readonly kind: "open";
      readonly items: readonly SourceItem[];
      readonly loop: boolean;
      readonly format: SourceFormat;
      /** Bounds of the encoded read-ahead inside the source process. */
      readonly readAhead: { readonly maxMs: number; readonly maxBytes: number };
      readonly cache: SourceCache;
      readonly start: SourceStart;
      /** Of the channel's picture, for what is live: who sends the channel on names it so. */
      readonly ssrc?: number | undefined;
    }
  /** Abandon the read-ahead and go on elsewhere. */
  | { readonly kind: "seek"; readonly start: SourceStart }
  /** Pictures in another form from now on: what is read ahead for the next moments still comes as it is, so that there is no gap. */
  | { readonly kind: "format"; readonly format: SourceFormat }
  /** The daemon is starved: what lies before this timeline time is of no use any more. Decoding may skip over it. */
  | { readonly kind: "skip"; readonly timelineMs: number };

export type OpenCommand = Extract<SourceCommand, { kind: "open" }>;

/** Facts on the item that is being read, sent when it is entered, and again as a sign of life. */
export type ItemInfo = {
  readonly generation: number;
  readonly itemIndex: number;
  /** Base name of the file, or "test film". */
  readonly name: string;
  /** Timeline time of the item's position 0 in this pass. */
  readonly timelineMs: number;
  /** Null until it is known (a damaged or streamed file): the last full pass then tells it. */
  readonly durationMs: number | null;
  readonly video: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly fps: number | null;
    /** The rate is an average of faster and slower stretches. */
    readonly isVariable?: boolean | undefined;
    readonly frameCount: number | null;
  } | null;
  readonly audio: { readonly codec: string; readonly sampleRateHz: number; readonly channels: number } | null;
  /** SSRCs of the pictures of the channels that it is sent on from, nearest first. */
  readonly relays?: readonly number[] | undefined;
  /** Whether it comes from the cache, and nothing is decoded for it. */
  readonly cached: boolean;
};

export type SourceMessage =
  | { readonly kind: "item"; readonly info: ItemInfo }
  | {
      readonly kind: "frame";
      readonly generation: number;
      readonly timelineUs: number;
      /** By IJG's scale; of a JPEG that is passed on, by its tables. */
      readonly quality: number;
      /** Below the wanted quality, for the sake of `maxFrameBytes`. */
      readonly isReduced: boolean;
      readonly width: number;
      readonly height: number;
      readonly jpeg: Uint8Array;
      /** Of one to be written: nobody else holds `jpeg`, which is alone in its buffer. */
      readonly isOwn?: boolean | undefined;
    }
  | {
      readonly kind: "audio";
      readonly generation: number;
      /** Index of the first sample frame since timeline 0, at the wanted sample rate: sound is without gaps inside a generation. */
      readonly timelineSample: number;
      /** Interleaved signed 16 bit, BIG-endian (as L16 goes on the wire). Of one to be written: alone in its buffer, and held by nobody else. */
      readonly pcm: Uint8Array;
    }
  /** The playlist is over (`loop: false`); nothing follows in this generation. */
  | { readonly kind: "end"; readonly generation: number; readonly timelineUs: number }
  /** One item cannot be played: it is skipped. Text for a person: names the file and the remedy. */
  | {
      readonly kind: "item-error";
      readonly generation: number;
      readonly itemIndex: number;
      readonly message: string;
      readonly fatal: boolean;
    };
