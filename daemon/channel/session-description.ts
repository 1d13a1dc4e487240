/** The session description of a channel (RFC 8866), as HTTP and the control channel give it. */

import { buildSdp } from "../../wire/sdp.ts";
import { steadyFps } from "../source/steady-fps.ts";
import type { Channel } from "./channel.ts";

/** RFC 8866 section 5.2 suggests NTP seconds for the session id: 1900 against 1970. */
const NTP_EPOCH_OFFSET_S = 2_208_988_800;

/** Null for the profile datagram, which no session description can describe. `host`: an address by which this host is reached. `startedUtcMs`: the start of the daemon. */
export function describeSession(channel: Channel, host: string, controlPort: number, startedUtcMs: number): string | null {
  const { group, ttl, port, audio, profile } = channel.config;
  if (profile !== "rtp") return null;
  const sessionId = Math.floor(startedUtcMs / 1000) + NTP_EPOCH_OFFSET_S;
  return buildSdp({
    sessionId: String(sessionId),
    sessionVersion: String(sessionId + channel.sdpVersion),
    originAddress: host,
    name: channel.name,
    tool: "streamerd",
    group,
    ttl,
    control: { host, port: controlPort },
    isEncrypted: channel.config.access === "pass",
    video: { port, fps: mostFps(channel), size: channel.picture },
    audio: audio.enabled ? { port: port + 2, sampleRateHz: audio.sampleRateHz, channels: audio.channels } : null,
  });
}

/**
 * The most that is sent (RFC 8866, section 6.13); null where that is not known: a playlist may hold another rate than its first film's, and a film faster stretches than its average.
 * GStreamer's rtpjpegdepay has it in its caps, and `streamctl discover` shows it.
 */
export function mostFps({ config, media }: Pick<Channel, "config" | "media">): number | null {
  const { fps } = config.video;
  const sourceFps = media.playlist.length > 1 ? null : steadyFps(media.itemAt(null));
  return fps === "source" ? sourceFps : Math.min(fps, sourceFps ?? fps);
}
