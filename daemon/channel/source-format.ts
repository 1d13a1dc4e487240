/** The form in which a channel wants its pictures and its sound from a source. */

import type { ChannelConfig } from "../../config/schema.ts";
import { mostJpegBytes } from "../../wire/datagram/index.ts";
import type { SourceFormat } from "../source/messages.ts";

export function sourceFormat({ engine, video, audio, profile, datagram }: ChannelConfig): SourceFormat {
  const { width, quality } = video;
  const maxFrameBytes = profile === "rtp" ? video.maxFrameBytes : Math.min(video.maxFrameBytes, mostJpegBytes(datagram.encoding));
  const sound = audio.enabled ? { sampleRateHz: audio.sampleRateHz, channels: audio.channels } : null;
  return { engine, width, quality, maxFrameBytes, audio: sound };
}
