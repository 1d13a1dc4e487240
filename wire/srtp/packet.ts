/**
 * One packet of SRTP and SRTCP (RFC 3711, sections 3.1 and 3.4) with AES_CM_128_HMAC_SHA1_80: 16-byte key, 10-byte tag, no MKI. Pure.
 *
 *     SRTP    | header | encrypted payload | tag |                      the tag is also over the rollover counter, which is not sent
 *     SRTCP   | 8 bytes of header | encrypted rest | E, index | tag |
 */

import { readU32, writeU32 } from "../big-endian.ts";
import { rtpPayloadStart } from "../rtp.ts";
import { FREE_BYTES, TAG_BYTES } from "./authenticator.ts";
import { rolloverOf } from "./packet-index.ts";
import type { SessionKeys } from "./session-keys.ts";

/** Rollover counter, or E and SRTCP's index. */
const WORD_BYTES = 4;
/** So much longer is a packet than what it carries. */
export const SRTP_OVERHEAD_BYTES = TAG_BYTES;
/** Of RTCP's header, which stays in clear: the first packet's type and SSRC. */
const RTCP_CLEAR_BYTES = 8;
/** The flag E: it is encrypted. */
const ENCRYPTED = 0x8000_0000;
const INDEX_MASK = 0x7fff_ffff;

/** `index`: 48 bits, rollover counter and sequence number. */
export function protectRtp({ keystream, authenticator }: SessionKeys, packet: Uint8Array, index: number): Uint8Array {
  const room = roomFor(packet);
  const end = FREE_BYTES + packet.length;
  keystream.apply(room, FREE_BYTES + (headerBytesOf(packet) ?? packet.length), end, readU32(packet, 8), index);
  writeU32(room, end, rolloverOf(index));
  room.set(authenticator.tagOf(room.subarray(0, end + WORD_BYTES)), end);
  return room.subarray(FREE_BYTES, end + TAG_BYTES);
}

/** The packet as it was; null if it was not protected so. */
export function unprotectRtp({ keystream, authenticator }: SessionKeys, packet: Uint8Array, index: number): Uint8Array | null {
  const length = packet.length - TAG_BYTES;
  const headerBytes = headerBytesOf(packet.subarray(0, Math.max(0, length)));
  if (headerBytes === null) return null;
  const room = roomFor(packet.subarray(0, length));
  const end = FREE_BYTES + length;
  writeU32(room, end, rolloverOf(index));
  if (!authenticator.isTagOf(room.subarray(0, end + WORD_BYTES), packet.subarray(length))) return null;
  keystream.apply(room, FREE_BYTES + headerBytes, end, readU32(packet, 8), index);
  return room.subarray(FREE_BYTES, end);
}

/** `index`: 31 bits. */
export function protectRtcp({ keystream, authenticator }: SessionKeys, packet: Uint8Array, index: number): Uint8Array {
  const room = roomFor(packet);
  const end = FREE_BYTES + packet.length;
  keystream.apply(room, FREE_BYTES + RTCP_CLEAR_BYTES, end, readU32(packet, 4), index);
  writeU32(room, end, (ENCRYPTED | index) >>> 0);
  room.set(authenticator.tagOf(room.subarray(0, end + WORD_BYTES)), end + WORD_BYTES);
  return room.subarray(FREE_BYTES, end + WORD_BYTES + TAG_BYTES);
}

/** The packet as it was, and its index; null if it was not protected so. */
export function unprotectRtcp(
  { keystream, authenticator }: SessionKeys,
  packet: Uint8Array,
): { readonly packet: Uint8Array; readonly index: number } | null {
  const authenticated = packet.length - TAG_BYTES;
  const length = authenticated - WORD_BYTES;
  if (length < RTCP_CLEAR_BYTES) return null;
  const room = roomFor(packet.subarray(0, authenticated));
  if (!authenticator.isTagOf(room.subarray(0, FREE_BYTES + authenticated), packet.subarray(authenticated))) return null;
  const word = readU32(packet, length);
  const index = word & INDEX_MASK;
  if (word >= ENCRYPTED) keystream.apply(room, FREE_BYTES + RTCP_CLEAR_BYTES, FREE_BYTES + length, readU32(packet, 4), index);
  return { packet: room.subarray(FREE_BYTES, FREE_BYTES + length), index };
}

/** A copy, with what the authenticator wants before it, and behind it room for a word, a tag and what the keystream spoils. */
function roomFor(packet: Uint8Array): Uint8Array {
  const room = new Uint8Array(FREE_BYTES + packet.length + WORD_BYTES + TAG_BYTES);
  room.set(packet, FREE_BYTES);
  return room;
}

/** Header, CSRC list and extension, which stay in clear; null for what is no whole header. All of them are whole words. */
function headerBytesOf(packet: Uint8Array): number | null {
  const end = rtpPayloadStart(packet);
  return packet.length >= end ? end : null;
}
