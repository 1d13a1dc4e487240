/**
 * Linear PCM over RTP (RFC 3551, sections 4.5.11 and 6): interleaved signed 16 bit samples in network byte order, and the payload type
 * that belongs to a rate and a number of channels.
 */

import { accepted, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";
import { RTP_HEADER_BYTES, writeRtpHeader } from "./rtp.ts";
import type { RtpHeader } from "./rtp.ts";

/** Sample frames in one packet: 1,280 bytes of stereo and 7.26 ms at 44.1 kHz, well under the MTU of any LAN. */
export const L16_PACKET_FRAMES = 320;

/** RFC 3551 table 4: L16 at 44,100 Hz has static payload types, every other form is dynamic and needs an rtpmap. */
export const L16_STEREO_PAYLOAD_TYPE = 10;
export const L16_MONO_PAYLOAD_TYPE = 11;
/** From the dynamic range 96–127; 96 is left to a video of a kind that comes later. */
export const L16_DYNAMIC_PAYLOAD_TYPE = 97;

export type L16Channels = 1 | 2;

export function l16PayloadType(sampleRateHz: number, channels: L16Channels): number {
  if (sampleRateHz !== 44100) return L16_DYNAMIC_PAYLOAD_TYPE;
  return channels === 2 ? L16_STEREO_PAYLOAD_TYPE : L16_MONO_PAYLOAD_TYPE;
}

/** Bytes of one sample frame: one sample of each channel. */
export function l16FrameBytes(channels: L16Channels): number {
  return 2 * channels;
}

/** A complete packet. `pcm` is big-endian already. */
export function writeL16Packet(header: RtpHeader, pcm: Uint8Array): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + pcm.length);
  writeRtpHeader(packet, 0, header);
  packet.set(pcm, RTP_HEADER_BYTES);
  return packet;
}

/** The number of sample frames in the payload of a packet; refuses what is not whole frames. */
export function parseL16Payload(payload: Uint8Array, channels: L16Channels): Parsed<{ readonly frames: number; readonly pcm: Uint8Array }> {
  const frameBytes = l16FrameBytes(channels);
  if (payload.length === 0) return refused("L16: no samples");
  if (payload.length % frameBytes !== 0) return refused("L16: not a whole number of sample frames");
  return accepted({ frames: payload.length / frameBytes, pcm: payload });
}
