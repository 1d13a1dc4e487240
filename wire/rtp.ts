/**
 * RTP data packets (RFC 3550, section 5.1): a header written into an existing buffer, and a packet from the network read into its parts.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *    |                           timestamp                           |
 *    |           synchronization source (SSRC) identifier            |
 *    |            contributing source (CSRC) identifiers             |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU16, readU32, writeU16, writeU32 } from "./big-endian.ts";
import { accepted, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";

/** Size of the header that we write: no CSRC, no extension. */
export const RTP_HEADER_BYTES = 12;

const VERSION = 2;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const CSRC_COUNT = 0x0f;
const MARKER_BIT = 0x80;

export type RtpHeader = {
  /** 0 to 127. */
  readonly payloadType: number;
  readonly marker: boolean;
  /** 16 bit. */
  readonly sequence: number;
  /** 32 bit, in the payload type's clock. */
  readonly rtpTs: number;
  /** 32 bit. */
  readonly ssrc: number;
};

export type RtpPacket = RtpHeader & {
  /** At most 15. */
  readonly csrcs: readonly number[];
  readonly extension: { readonly profile: number; readonly data: Uint8Array } | null;
  /** A view of the packet, without the padding; may be empty. */
  readonly payload: Uint8Array;
};

/** Writes `RTP_HEADER_BYTES` at `offset` of `target`, which must have room for them. */
export function writeRtpHeader(target: Uint8Array, offset: number, header: RtpHeader): void {
  target[offset] = VERSION << 6;
  target[offset + 1] = (header.marker ? MARKER_BIT : 0) | (header.payloadType & 0x7f);
  writeU16(target, offset + 2, header.sequence);
  writeU32(target, offset + 4, header.rtpTs);
  writeU32(target, offset + 8, header.ssrc);
}

/** Where the payload begins by what the header says, behind the CSRC list and the extension; it may lie beyond the end of a packet that was cut off. */
export function rtpPayloadStart(packet: Uint8Array): number {
  const first = packet[0] ?? 0;
  const csrcEnd = RTP_HEADER_BYTES + 4 * (first & CSRC_COUNT);
  return (first & EXTENSION_BIT) === 0 ? csrcEnd : csrcEnd + 4 + 4 * readU16(packet, csrcEnd + 2);
}

/** Reads one datagram. The views in the answer share the packet's memory. */
export function parseRtp(packet: Uint8Array): Parsed<RtpPacket> {
  if (packet.length < RTP_HEADER_BYTES) return refused("RTP: shorter than a header");
  const first = packet[0] ?? 0;
  const second = packet[1] ?? 0;
  if (first >> 6 !== VERSION) return refused("RTP: version is not 2");

  const csrcEnd = RTP_HEADER_BYTES + 4 * (first & CSRC_COUNT);
  if (packet.length < csrcEnd) return refused("RTP: cut off in the CSRC list");
  const csrcs: number[] = [];
  for (let at = RTP_HEADER_BYTES; at < csrcEnd; at += 4) csrcs.push(readU32(packet, at));

  const hasExtension = (first & EXTENSION_BIT) !== 0;
  const payloadStart = rtpPayloadStart(packet);
  if (packet.length < payloadStart) return refused("RTP: cut off in the header extension");
  const extension = hasExtension ? { profile: readU16(packet, csrcEnd), data: packet.subarray(csrcEnd + 4, payloadStart) } : null;

  const hasPadding = (first & PADDING_BIT) !== 0;
  const paddingBytes = hasPadding ? (packet[packet.length - 1] ?? 0) : 0;
  if (hasPadding && (paddingBytes === 0 || paddingBytes > packet.length - payloadStart)) return refused("RTP: impossible padding");

  return accepted({
    payloadType: second & 0x7f,
    marker: (second & MARKER_BIT) !== 0,
    sequence: readU16(packet, 2),
    rtpTs: readU32(packet, 4),
    ssrc: readU32(packet, 8),
    csrcs,
    extension,
    payload: packet.subarray(payloadStart, packet.length - paddingBytes),
  });
}
