/** From a channel's configuration to what its sender and its source need. */

import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import type { ChannelConfig } from "../../config/schema.ts";
import { blackPicture } from "../packetize/black-picture.ts";
import type { StreamInit } from "../packetize/stream-clock.ts";
import type { Route } from "../send/sender-messages.ts";
import type { SenderConfig, SenderInit } from "../send/sender-types.ts";
import { expandSource } from "../source/expand.ts";
import type { SourceCache, SourceItem } from "../source/messages.ts";

export type ChannelSetup = {
  readonly name: string;
  /** Looks for the configured files anew; hears of those that are not there, where others are. Throws a `SourceError`. */
  readonly findItems: (onAbsent: (message: string) => void) => readonly SourceItem[];
  readonly senderConfig: SenderConfig;
  readonly senderInit: SenderInit;
  readonly route: Omit<Route, "group">;
  readonly cache: SourceCache;
};

export function setUpChannel(config: ChannelConfig, utcOffsetMs: number, cache: SourceCache): ChannelSetup {
  const { name, video, audio, pacing, maxPacketBytes, port, ttl, loopback, interfaces } = config;
  return {
    name,
    findItems: (onAbsent) => findItems(config, onAbsent),
    senderConfig: {
      profile: config.profile === "rtp" ? { kind: "rtp" } : { kind: "datagram", encoding: config.datagram.encoding },
      cname: `${name}@${hostname()}`,
      maxPacketBytes,
      spread: pacing.spread,
      fps: video.fps === "source" ? null : video.fps,
      audio: audio.enabled ? { sampleRateHz: audio.sampleRateHz, channels: audio.channels, volume: audio.volume } : null,
      queueFrames: pacing.queueFrames,
      blackPicture: blackPicture(video.width, Math.min(video.quality, 99)),
    },
    senderInit: { video: randomStream(), audio: randomStream(), utcOffsetMs },
    cache,
    route: { port, ttl, loopback, interfaces: interfaces.kind === "auto" ? ["auto"] : interfaces.namesOrAddresses },
  };
}

/** RFC 3550 section 5.1: SSRC, first sequence number and first time stamp are random. */
function randomStream(): StreamInit {
  return { ssrc: randomInt(1, 2 ** 32), firstSeq: randomInt(2 ** 16), firstRtpTs: randomInt(2 ** 32) };
}

function findItems({ source, capture }: ChannelConfig, onAbsent: (message: string) => void): readonly SourceItem[] {
  if (source.kind !== "live") return expandSource(source.kind === "test-film" ? null : source.paths, onAbsent);
  const { format, width, height, fps, microphone } = capture;
  const orNull = <T>(value: T | "auto"): T | null => (value === "auto" ? null : value);
  const options = { format: orNull(format), width: orNull(width), height: orNull(height), fps: orNull(fps), microphone };
  return [{ kind: "live", input: source.input, capture: options }];
}
