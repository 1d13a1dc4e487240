/** The session description of a channel (RFC 8866), as HTTP and the control channel give it. */

import { buildSdp } from "../wire/sdp.ts";
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
    video: { port, fps: channel.media.itemAt(null)?.video?.fps ?? null, size: channel.picture },
    audio: audio.enabled ? { port: port + 2, sampleRateHz: audio.sampleRateHz, channels: audio.channels } : null,
  });
}
