/**
 * Session announcements (RFC 2974): bytes ↔ what is announced or taken back. IPv4 origins, no authentication data, no encryption.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | V=1 |A|R|T|E|C|   auth len    |         msg id hash           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                originating source (32 bits)                   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      optional payload type, closed by a zero; payload …       |
 */

import { readU16, writeU16 } from "./big-endian.ts";
import { accepted, refused } from "./parsed.ts";
import type { Parsed } from "./parsed.ts";

export const SAP_PORT = 9875;
/** RFC 2365: the highest address of the local scope is the scope's own for announcements. */
export const SAP_LOCAL_ADDRESS = "239.255.255.255";
/** RFC 2974 section 3: the global scope's. */
export const SAP_GLOBAL_ADDRESS = "224.2.127.254";
/** Section 3. */
export const SAP_TTL = 255;

export type SapPacket = {
  readonly kind: "announcement" | "deletion";
  /** Changes with the description; 0 means that it says nothing. */
  readonly hash: number;
  /** IPv4 address of who announces. */
  readonly origin: string;
  /** The session description; a deletion may hold no more than its `o=` line. */
  readonly payload: string;
};

const HEADER_BYTES = 8;
const VERSION_1 = 0x20;
const VERSION_MASK = 0xe0;
const IPV6 = 0x10;
const DELETION = 0x04;
const ENCRYPTED = 0x02;
const COMPRESSED = 0x01;
const SDP_TYPE = "application/sdp";
/** An announcement should not be fragmented (section 6: 1 kB); what fits in no Ethernet frame three times over is none. */
const MAX_BYTES = 4096;
const MAX_TYPE_BYTES = 64;

export function buildSap({ kind, hash, origin, payload }: SapPacket): Uint8Array {
  const text = new TextEncoder().encode(`${SDP_TYPE}\0${payload}`);
  const packet = new Uint8Array(HEADER_BYTES + text.length);
  packet[0] = VERSION_1 | (kind === "deletion" ? DELETION : 0);
  writeU16(packet, 2, hash);
  packet.set(origin.split(".").map(Number), 4);
  packet.set(text, HEADER_BYTES);
  return packet;
}

export function parseSap(packet: Uint8Array): Parsed<SapPacket> {
  const flags = packet[0] ?? 0;
  if (packet.length < HEADER_BYTES) return refused("SAP: shorter than its header");
  if (packet.length > MAX_BYTES) return refused("SAP: over 4 KiB");
  if ((flags & VERSION_MASK) !== VERSION_1) return refused("SAP: not version 1");
  if ((flags & IPV6) !== 0) return refused("SAP: announced from IPv6");
  if ((flags & ENCRYPTED) !== 0) return refused("SAP: encrypted");
  if ((flags & COMPRESSED) !== 0) return refused("SAP: compressed");
  const bodyStart = HEADER_BYTES + 4 * (packet[1] ?? 0);
  if (bodyStart > packet.length) return refused("SAP: authentication data cut off");
  const payload = payloadOf(packet.subarray(bodyStart));
  if (payload === null) return refused("SAP: the payload is no session description");
  return accepted({
    kind: (flags & DELETION) === 0 ? "announcement" : "deletion",
    hash: readU16(packet, 2),
    origin: packet.subarray(4, HEADER_BYTES).join("."),
    payload,
  });
}

/** Section 5: old announcers leave the type out; a description then begins with `v=0`, a deletion's remainder with `o=`. */
function payloadOf(body: Uint8Array): string | null {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  if (text.startsWith("v=0") || text.startsWith("o=")) return text;
  const typeEnd = text.indexOf("\0");
  if (typeEnd < 0 || typeEnd > MAX_TYPE_BYTES || text.slice(0, typeEnd).toLowerCase() !== SDP_TYPE) return null;
  return text.slice(typeEnd + 1);
}

/** A hash for a description: not 0, and another one for another text but once in 65,535 times (FNV-1a, folded). */
export function sapHash(payload: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(payload)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 16) ^ (hash & 0xffff) || 1;
}
