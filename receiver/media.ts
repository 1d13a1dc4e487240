/** What a receiver gives to its sinks: whole pictures and unbroken sound, each with the time at which this host is to show it. */

/**
 * A picture, whole. Times are fractional milliseconds: `senderMs` on the sender's clock (since 1970 UTC), which may make a step when
 * the daemon is started again; `localMs`, the same moment, and `showAtMs` on this host's own monotonic clock (`monotonicMs`).
 */
export type ReceivedPicture = {
  /** A JPEG file. */
  readonly jpeg: Uint8Array;
  /** Pixels that are to be seen; the JPEG may be wider and higher by less than a block of 8 (crop its right and lower edge). */
  readonly width: number;
  readonly height: number;
  readonly senderMs: number;
  readonly localMs: number;
  readonly showAtMs: number;
};

/** A piece of sound. One piece follows the other without a gap, unless the stream itself was away. */
export type ReceivedSound = {
  /** Interleaved, in this machine's byte order. Zeros where nothing came. */
  readonly samples: Int16Array;
  /** Its place on the stream's own clock, in sample frames. Grows by exactly the samples given, and jumps only where the stream was away. */
  readonly firstSample: number;
  readonly senderMs: number;
  readonly localMs: number;
  readonly playAtMs: number;
  /** How many of its sample frames are missing and were replaced: none or all of them. */
  readonly lostSamples: number;
};

export type SoundForm = { readonly sampleRateHz: number; readonly channels: 1 | 2 };

/** What is to be received: from a session description, or from `session.join`. */
export type StreamForm = {
  readonly name: string;
  /** Null: the channel has no picture. `size`: pixels, null if not told. */
  readonly video: { readonly size: { readonly width: number; readonly height: number } | null; readonly fps: number | null } | null;
  readonly audio: SoundForm | null;
};

/** How the last second was received. Counts are of that second alone. */
export type ReceptionReport = {
  /** Pictures shown a second. */
  readonly fps: number;
  /** Packets. */
  readonly lost: number;
  readonly expected: number;
  /** Packets that came after their time to be shown. */
  readonly late: number;
  /** Packets that were missing, were asked for, and came. */
  readonly repaired: number;
  /** Interarrival jitter (RFC 3550, section 6.4.1). */
  readonly jitterMs: number;
  /** Media that waits in the jitter buffer. */
  readonly bufferMs: number;
  /** Sound before picture at the sinks; negative: after. */
  readonly skewMs: number;
};

/** An end of the receiver: a page, a loudspeaker, a file. Its calls return at once; what it cannot keep up with it drops and counts. */
export type Sink = {
  readonly picture: (picture: ReceivedPicture) => void;
  readonly sound: (sound: ReceivedSound) => void;
  /** Once a second. */
  readonly report?: (report: ReceptionReport) => void;
  /** What a person is to know now: waiting for the group, host away, playing, paused. */
  readonly state?: (state: ReceiverState) => void;
  /** Everything that was given has arrived, or is given up. */
  readonly close: () => Promise<void>;
};

export type ReceiverState =
  | { readonly kind: "waiting"; readonly text: string }
  | { readonly kind: "playing"; readonly text: string }
  /** It plays, and the channel is paused. */
  | { readonly kind: "paused"; readonly text: string }
  | { readonly kind: "away"; readonly text: string };
