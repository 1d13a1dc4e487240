/** A session that is known by its description alone: the daemon's control port cannot be reached, the group can. Nothing is reported, nobody is asked. */

import type { ControlTarget } from "../../control/client.ts";
import { oneLine } from "../../control/untrusted-text.ts";
import { JPEG_PAYLOAD_TYPE } from "../../wire/jpeg/index.ts";
import type { ReceivedSession } from "../../wire/sdp.ts";
import type { Session } from "./session.ts";

/** `target`: where the daemon would be asked; told to people. */
export function describedSession({ name: announced, group, video, audio }: ReceivedSession, target: ControlTarget, place: string): Session {
  const name = oneLine(announced);
  const never = new Promise<never>(() => undefined);
  return {
    channel: name,
    target,
    place,
    transport: "multicast",
    ticket: null,
    group: { group, video: video?.port ?? null, audio: audio?.port ?? null },
    repair: null,
    form: {
      name,
      video: video === null ? null : { size: video.size, fps: video.fps },
      audio: audio === null ? null : { sampleRateHz: audio.sampleRateHz, channels: audio.channels },
    },
    streams: {
      video: video === null ? null : { size: video.size, payloadType: JPEG_PAYLOAD_TYPE, ssrc: null, time: null },
      audio:
        audio === null
          ? null
          : { sampleRateHz: audio.sampleRateHz, channels: audio.channels, payloadType: audio.payloadType, ssrc: null, time: null },
    },
    keys: null,
    reportIntervalMs: 1000,
    ownAddress: null,
    // What it would say if it could be asked: it is announced, so it is sent.
    state: () => Promise.resolve("playing"),
    origins: () => Promise.resolve([]),
    report: () => undefined,
    ping: () => never,
    keepTime: () => undefined,
    onSize: () => undefined,
    onState: () => undefined,
    lost: never,
    close: () => undefined,
  };
}
