/** From a channel's configuration to what its sender and its source need. */

import { randomBytes, randomInt } from "node:crypto";
import { hostname } from "node:os";
import type { ChannelConfig } from "../../config/schema.ts";
import { MASTER_BYTES } from "../../wire/srtp/index.ts";
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
  /** What the channel begins with: master key and salt of SRTP; null: it is not encrypted. */
  readonly srtpMaster: Uint8Array | null;
  readonly route: Omit<Route, "group">;
  readonly cache: SourceCache;
};

export function setUpChannel(config: ChannelConfig, utcOffsetMs: number, cache: SourceCache): ChannelSetup {
  const { name, video, audio, pacing, maxPacketBytes, port, ttl, loopback, interfaces } = config;
  const isEncrypted = config.access === "pass";
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
    senderInit: { video: randomStream(isEncrypted), audio: randomStream(isEncrypted), utcOffsetMs },
    srtpMaster: isEncrypted ? randomSrtpMaster() : null,
    cache,
    route: { port, ttl, loopback, interfaces: interfaces.kind === "auto" ? ["auto"] : interfaces.namesOrAddresses },
  };
}

/** For a channel that is encrypted. */
export function randomSrtpMaster(): Uint8Array {
  return Uint8Array.from(randomBytes(MASTER_BYTES));
}

/**
 * RFC 3550 section 5.1: SSRC, first sequence number and first time stamp are random. RFC 3711 section 3.3.1: encrypted, the first number is of the lower half, so
 * that who joins at once does not take it for the end of a round.
 */
function randomStream(isEncrypted: boolean): StreamInit {
  return { ssrc: randomInt(1, 2 ** 32), firstSeq: randomInt(isEncrypted ? 2 ** 15 : 2 ** 16), firstRtpTs: randomInt(2 ** 32) };
}

function findItems({ source, capture }: ChannelConfig, onAbsent: (message: string) => void): readonly SourceItem[] {
  if (source.kind !== "live") return expandSource(source.kind === "test-film" ? null : source.paths, onAbsent);
  const { format, width, height, fps, microphone } = capture;
  const orNull = <T>(value: T | "auto"): T | null => (value === "auto" ? null : value);
  const options = { format: orNull(format), width: orNull(width), height: orNull(height), fps: orNull(fps), microphone };
  return [{ kind: "live", input: source.input, capture: options }];
}
