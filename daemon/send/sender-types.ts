/** What goes into a sender once, and what comes out of it. */

import type { Profile } from "../packetize/profile.ts";
import type { StreamInit } from "../packetize/stream-clock.ts";

export type SenderConfig = {
  readonly profile: Profile;
  readonly cname: string;
  /** Largest UDP payload of a packet, in bytes. */
  readonly maxPacketBytes: number;
  /** Part of the frame interval over which a picture's packets are spread, 0 to 1. */
  readonly spread: number;
  /** Rate to send at; null for the source's own. */
  readonly fps: number | null;
  /** `volume`: factor for every sample. */
  readonly audio: { readonly sampleRateHz: number; readonly channels: 1 | 2; readonly volume: number } | null;
  /** So many pictures wait at most, but for what is live. */
  readonly queueFrames: number;
  /** What a channel without any picture shows: a JPEG. */
  readonly blackPicture: Uint8Array;
};

export type SenderInit = {
  readonly video: StreamInit;
  readonly audio: StreamInit;
  /** Sender clock (ms since the Unix epoch) minus `nowMs`: the same for every channel of a daemon. */
  readonly utcOffsetMs: number;
};

export type Destination = "video" | "videoControl" | "audio" | "audioControl";

export type SenderEvent =
  /** The first media of a generation has been sent. */
  | { readonly kind: "playing"; readonly generation: number }
  | { readonly kind: "picture"; readonly width: number; readonly height: number; readonly quality: number }
  | { readonly kind: "bad-picture"; readonly reason: string }
  /** The source is too slow: what lies before this timeline time is of no use. */
  | { readonly kind: "behind"; readonly generation: number; readonly timelineMs: number }
  | { readonly kind: "ended"; readonly generation: number };

/** A picture whose first packets leave at one moment: when it is due, and when it was captured, null for what is not live. */
export type ShownPicture = { readonly dueMs: number; readonly capturedMs: number | null };

export type SenderOutput =
  | { readonly kind: "transmit"; readonly packet: Uint8Array; readonly to: Destination }
  /** To be told to `noteShown` when the packets given at the same time have left. */
  | { readonly kind: "shown"; readonly picture: ShownPicture }
  | { readonly kind: "event"; readonly event: SenderEvent }
  | { readonly kind: "wait"; readonly untilMs: number };
