/**
 * What a datagram of the profile `datagram` says of itself, where its file format has room for a stranger's data.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 "SMD1" (0x534d4431)                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       sequence number                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          media time, µs since the session began (64 bits)     |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    sender clock, µs since 1970 UTC, at which it is due        |
 * |                         (64 bits)                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU32, writeU32 } from "../big-endian.ts";

export type DatagramStamp = {
  /** u32, wraps; one count for pictures and one for sound. */
  readonly sequence: number;
  /** Whole µs. */
  readonly mediaUs: number;
  /** Whole µs. */
  readonly senderUs: number;
};

export const STAMP_BYTES = 24;
const MAGIC = 0x534d4431;
const U32 = 2 ** 32;
/** So that a time is a whole number of µs in a double. */
const MAX_HIGH = 2 ** 21 - 1;

export function writeStamp(target: Uint8Array, offset: number, { sequence, mediaUs, senderUs }: DatagramStamp): void {
  writeU32(target, offset, MAGIC);
  writeU32(target, offset + 4, sequence);
  writeU64(target, offset + 8, mediaUs);
  writeU64(target, offset + 16, senderUs);
}

/** Null for what is no stamp of this version. */
export function parseStamp(bytes: Uint8Array): DatagramStamp | null {
  if (bytes.length !== STAMP_BYTES || readU32(bytes, 0) !== MAGIC) return null;
  if (readU32(bytes, 8) > MAX_HIGH || readU32(bytes, 16) > MAX_HIGH) return null;
  return { sequence: readU32(bytes, 4), mediaUs: readU64(bytes, 8), senderUs: readU64(bytes, 16) };
}

function writeU64(target: Uint8Array, offset: number, value: number): void {
  writeU32(target, offset, Math.floor(value / U32));
  writeU32(target, offset + 4, value % U32);
}

function readU64(bytes: Uint8Array, offset: number): number {
  return readU32(bytes, offset) * U32 + readU32(bytes, offset + 4);
}
