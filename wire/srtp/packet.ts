/**
 * One packet of SRTP and SRTCP (RFC 3711, sections 3.1 and 3.4) with AES_CM_128_HMAC_SHA1_80: 16-byte key, 10-byte tag, no MKI. Pure.
 *
 *     SRTP    | header | encrypted payload | tag |                      the tag is also over the rollover counter, which is not sent
 *     SRTCP   | 8 bytes of header | encrypted rest | E, index | tag |
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { readU16, readU32, writeU32 } from "../big-endian.ts";
import { RTP_HEADER_BYTES } from "../rtp.ts";
import { applyKeystream } from "./session-keys.ts";
import type { SessionKeys } from "./session-keys.ts";

const TAG_BYTES = 10;
const INDEX_BYTES = 4;
/** So much longer is a packet than what it carries. */
export const SRTP_OVERHEAD_BYTES = TAG_BYTES;
/** Of RTCP's header, which stays in clear: the first packet's type and SSRC. */
const RTCP_CLEAR_BYTES = 8;
/** The flag E: it is encrypted. */
const ENCRYPTED = 0x8000_0000;
const INDEX_MASK = 0x7fff_ffff;
const SEQUENCES = 2 ** 16;

/** `index`: 48 bits, rollover counter and sequence number. */
export function protectRtp(keys: SessionKeys, packet: Uint8Array, index: number): Uint8Array {
  const headerBytes = headerBytesOf(packet) ?? packet.length;
  const sealed = new Uint8Array(packet.length + TAG_BYTES);
  sealed.set(packet.subarray(0, headerBytes));
  sealed.set(applyKeystream(keys, readU32(packet, 8), index, packet.subarray(headerBytes)), headerBytes);
  sealed.set(rtpTag(keys, sealed.subarray(0, packet.length), index), packet.length);
  return sealed;
}

/** The packet as it was; null if it was not sealed so. */
export function unprotectRtp(keys: SessionKeys, sealed: Uint8Array, index: number): Uint8Array | null {
  const length = sealed.length - TAG_BYTES;
  const headerBytes = headerBytesOf(sealed.subarray(0, Math.max(0, length)));
  if (headerBytes === null) return null;
  if (!timingSafeEqual(rtpTag(keys, sealed.subarray(0, length), index), sealed.subarray(length))) return null;
  const packet = new Uint8Array(length);
  packet.set(sealed.subarray(0, headerBytes));
  packet.set(applyKeystream(keys, readU32(sealed, 8), index, sealed.subarray(headerBytes, length)), headerBytes);
  return packet;
}

/** `index`: 31 bits. */
export function protectRtcp(keys: SessionKeys, packet: Uint8Array, index: number): Uint8Array {
  const sealed = new Uint8Array(packet.length + INDEX_BYTES + TAG_BYTES);
  sealed.set(packet.subarray(0, RTCP_CLEAR_BYTES));
  sealed.set(applyKeystream(keys, readU32(packet, 4), index, packet.subarray(RTCP_CLEAR_BYTES)), RTCP_CLEAR_BYTES);
  writeU32(sealed, packet.length, (ENCRYPTED | index) >>> 0);
  const authenticated = packet.length + INDEX_BYTES;
  sealed.set(tagOf(keys, [sealed.subarray(0, authenticated)]), authenticated);
  return sealed;
}

/** The packet as it was; null if it was not sealed so. */
export function unprotectRtcp(keys: SessionKeys, sealed: Uint8Array): Uint8Array | null {
  const authenticated = sealed.length - TAG_BYTES;
  const length = authenticated - INDEX_BYTES;
  if (length < RTCP_CLEAR_BYTES) return null;
  if (!timingSafeEqual(tagOf(keys, [sealed.subarray(0, authenticated)]), sealed.subarray(authenticated))) return null;
  const packet = new Uint8Array(length);
  packet.set(sealed.subarray(0, length));
  const word = readU32(sealed, length);
  if (word < ENCRYPTED) return packet;
  packet.set(applyKeystream(keys, readU32(sealed, 4), word & INDEX_MASK, sealed.subarray(RTCP_CLEAR_BYTES, length)), RTCP_CLEAR_BYTES);
  return packet;
}

function rtpTag(keys: SessionKeys, packet: Uint8Array, index: number): Uint8Array {
  const rollover = new Uint8Array(INDEX_BYTES);
  writeU32(rollover, 0, Math.floor(index / SEQUENCES));
  return tagOf(keys, [packet, rollover]);
}

function tagOf({ authKey }: SessionKeys, parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac("sha1", authKey);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, TAG_BYTES);
}

/** Header, CSRC list and extension, which stay in clear; null for what is no whole header. */
function headerBytesOf(packet: Uint8Array): number | null {
  const first = packet[0] ?? 0;
  const csrcEnd = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  const hasExtension = (first & 0x10) !== 0;
  const end = hasExtension ? csrcEnd + 4 + 4 * readU16(packet, csrcEnd + 2) : csrcEnd;
  return packet.length >= end ? end : null;
}
