/** A channel's configuration → the form in which its source is to bring pictures and sound. Pure. */

import type { ChannelConfig } from "../config/schema.ts";
import { mostJpegBytes } from "../wire/datagram/index.ts";
import type { SourceFormat } from "./source/messages.ts";

export function sourceFormat({ video, audio, profile, datagram }: ChannelConfig): SourceFormat {
  const { width, quality } = video;
  const maxFrameBytes = profile === "rtp" ? video.maxFrameBytes : Math.min(video.maxFrameBytes, mostJpegBytes(datagram.encoding));
  const sound = audio.enabled ? { sampleRateHz: audio.sampleRateHz, channels: audio.channels } : null;
  return { width, quality, maxFrameBytes, audio: sound };
}
