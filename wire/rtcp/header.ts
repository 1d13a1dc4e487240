/**
 * The first four bytes of every RTCP packet (RFC 3550, section 6.4.1), and the cut of a datagram into packets.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |V=2|P|  count  |  packet type  |  length in words, minus one   |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU16, writeU16 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";

export const RTCP_HEADER_BYTES = 4;
/** The five bits of the count field. */
export const MAX_COUNT = 31;

/** Packet types (RFC 3550, section 12.1). */
export const SENDER_REPORT = 200;
export const RECEIVER_REPORT = 201;
export const SOURCE_DESCRIPTION = 202;
export const GOODBYE = 203;

const VERSION = 2;
const PADDING_BIT = 0x20;

export type RtcpSection = {
  readonly packetType: number;
  /** Of report blocks, chunks or sources. */
  readonly count: number;
  /** What follows the header, without padding. */
  readonly body: Uint8Array;
  readonly hasPadding: boolean;
  /** All of it, header and padding included. */
  readonly bytes: number;
};

/** A whole packet; the body is padded with zeros to whole words. */
export function buildSection(packetType: number, count: number, body: Uint8Array): Uint8Array {
  const words = 1 + Math.ceil(body.length / 4);
  const packet = new Uint8Array(4 * words);
  packet[0] = (VERSION << 6) | (count & MAX_COUNT);
  packet[1] = packetType;
  writeU16(packet, 2, words - 1);
  packet.set(body, RTCP_HEADER_BYTES);
  return packet;
}

/** Reads the packet that begins `bytes`. */
export function parseSection(bytes: Uint8Array): Parsed<RtcpSection> {
  if (bytes.length < RTCP_HEADER_BYTES) return refused("RTCP: shorter than a header");
  const first = bytes[0] ?? 0;
  if (first >> 6 !== VERSION) return refused("RTCP: version is not 2");
  const length = 4 * (1 + readU16(bytes, 2));
  if (length > bytes.length) return refused("RTCP: cut off");
  const hasPadding = (first & PADDING_BIT) !== 0;
  const paddingBytes = hasPadding ? (bytes[length - 1] ?? 0) : 0;
  if (hasPadding && (paddingBytes === 0 || paddingBytes % 4 !== 0 || paddingBytes > length - RTCP_HEADER_BYTES)) {
    return refused("RTCP: impossible padding");
  }
  return accepted({
    packetType: bytes[1] ?? 0,
    count: first & MAX_COUNT,
    body: bytes.subarray(RTCP_HEADER_BYTES, length - paddingBytes),
    hasPadding,
    bytes: length,
  });
}
