/** The two forms in which a channel's pictures and sound leave: RTP, or files in datagrams. What the sender asks of either. Pure. */

import type { PictureEncoding } from "../../wire/datagram/index.ts";
import type { SoundTrack } from "../pace/sound-track.ts";
import type { Begun } from "./begun.ts";
import { DatagramPictures } from "./datagram-pictures.ts";
import { DatagramSound } from "./datagram-sound.ts";
import { PictureStream } from "./picture-stream.ts";
import { SoundStream } from "./sound-stream.ts";
import type { SoundBlock, SoundForm } from "./sound-stream.ts";
import type { StreamInit } from "./stream-clock.ts";

export type Profile = { readonly kind: "rtp" } | { readonly kind: "datagram"; readonly encoding: PictureEncoding };

export type Pictures = {
  readonly start: (startMs: number) => void;
  /** Packets of the current picture have still to leave. */
  readonly isUnderWay: boolean;
  /** When to wake for the next group, if at `otherMs` there is a wake-up anyway: it may wait a little for that one. */
  readonly groupDeadlineMs: (otherMs: number) => number;
  /** Makes the packets of a picture that is due at `dueMs`; its groups leave from `fromMs` on, over `windowMs`. */
  readonly begin: (jpeg: Uint8Array, dueMs: number, fromMs: number, windowMs: number) => Begun;
  /** The packets that leave now. */
  readonly takeGroup: (nowMs: number) => readonly Uint8Array[];
  /** What has not left of the current picture never will. */
  readonly abandon: () => void;
  /** What tells receivers the clock, once a second; null where the profile has no such thing. */
  readonly report: (nowMs: number) => Uint8Array | null;
  readonly goodbye: (nowMs: number) => Uint8Array | null;
  /** RTP time, 32 bits, of what is due then; null where the profile has no such thing. */
  readonly rtpTsAt: (dueMs: number) => number | null;
};

export type Sound = {
  /** Length of a block. */
  readonly blockMs: number;
  readonly start: (startMs: number) => void;
  readonly nextDueMs: number;
  /** Leaves out the blocks before `ms`: media time goes on, sequence numbers do not notice. */
  readonly skipTo: (ms: number) => void;
  readonly skipOverdue: (nowMs: number) => void;
  /** The next block, from the track where timeline 0 is due at `epochMs`; silence without a track or an epoch. */
  readonly takeBlock: (track: SoundTrack | null, epochMs: number | null) => SoundBlock;
  readonly report: (nowMs: number) => Uint8Array | null;
  readonly goodbye: (nowMs: number) => Uint8Array | null;
  readonly rtpTsAt: (dueMs: number) => number | null;
};

/** RTP times of both streams at a time of the sender clock (ms since 1970 UTC). */
export type RtpTime = { readonly senderMs: number; readonly video: number; readonly audio: number | null };

export type StreamsConfig = {
  readonly profile: Profile;
  readonly cname: string;
  readonly maxPacketBytes: number;
  readonly audio: SoundForm | null;
};

export type StreamsInit = { readonly video: StreamInit; readonly audio: StreamInit; readonly utcOffsetMs: number };

export function createStreams(
  config: StreamsConfig,
  init: StreamsInit,
): { readonly pictures: Pictures; readonly sound: Sound | null; readonly rtpTimeAt: (nowMs: number) => RtpTime | null } {
  const { pictures, sound } = createBoth(config, init);
  const rtpTimeAt = (nowMs: number): RtpTime | null => {
    const video = pictures.rtpTsAt(nowMs);
    return video === null ? null : { senderMs: nowMs + init.utcOffsetMs, video, audio: sound?.rtpTsAt(nowMs) ?? null };
  };
  return { pictures, sound, rtpTimeAt };
}

function createBoth(
  config: StreamsConfig,
  { video, audio, utcOffsetMs }: StreamsInit,
): { readonly pictures: Pictures; readonly sound: Sound | null } {
  const { profile, cname } = config;
  if (profile.kind === "datagram") {
    const pictures = new DatagramPictures(profile.encoding, video.firstSeq, utcOffsetMs);
    return { pictures, sound: config.audio === null ? null : new DatagramSound(config.audio, audio.firstSeq, utcOffsetMs) };
  }
  const pictures = new PictureStream(config, video, utcOffsetMs);
  return { pictures, sound: config.audio === null ? null : new SoundStream(config.audio, cname, audio, utcOffsetMs) };
}
