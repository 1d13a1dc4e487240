/** Which stream a packet belongs to that came by another way than its own port. Pure. */

import { JPEG_PAYLOAD_TYPE } from "../../wire/jpeg/index.ts";
import type { StreamOf } from "../receiver.ts";

/** RTCP packet types (RFC 5761, section 4): RTP's second byte, marker and payload type, never lies here for the types we send. */
const FIRST_RTCP = 192;
const LAST_RTCP = 223;

/** `isAudio`: whether a source (SSRC) is the sound's. */
export function streamOf(packet: Uint8Array, isAudio: (ssrc: number) => boolean): StreamOf {
  const type = packet[1] ?? 0;
  if (type < FIRST_RTCP || type > LAST_RTCP) return (type & 0x7f) === JPEG_PAYLOAD_TYPE ? "video" : "audio";
  const ssrc = packet.length < 8 ? 0 : new DataView(packet.buffer, packet.byteOffset).getUint32(4);
  return isAudio(ssrc) ? "audioControl" : "videoControl";
}
