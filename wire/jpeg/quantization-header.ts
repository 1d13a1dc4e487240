/**
 * The quantization table header, in the first fragment of a frame with Q of 128 or more (RFC 2435, section 3.1.8).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |      MBZ      |   Precision   |             Length            |
 *    |                    Quantization Table Data                    |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU16, writeU16 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { TABLE_BYTES, TABLES_BYTES } from "./quantization-tables.ts";

/** Without the tables. */
const FIXED_BYTES = 4;
/** With our two 8-bit tables. */
export const QUANTIZATION_HEADER_BYTES = FIXED_BYTES + TABLES_BYTES;

export type QuantizationHeader = {
  /** Luma and chroma, 128 bytes in zigzag order; null if the sender relies on those that it sent before. */
  readonly tables: Uint8Array | null;
  /** What the header took of the payload. */
  readonly bytes: number;
};

/** `tables`: luma and chroma, 128 bytes in zigzag order. */
export function writeQuantizationHeader(target: Uint8Array, offset: number, tables: Uint8Array): void {
  target[offset] = 0;
  target[offset + 1] = 0;
  writeU16(target, offset + 2, TABLES_BYTES);
  target.set(tables, offset + FIXED_BYTES);
}

/** `bytes` begins where the header does. A sender with one table for everything (ffmpeg's mjpeg) sends it once. */
export function parseQuantizationHeader(bytes: Uint8Array): Parsed<QuantizationHeader> {
  if (bytes.length < FIXED_BYTES) return refused("RTP/JPEG: cut off in the quantization table header");
  const length = readU16(bytes, 2);
  if (length === 0) return accepted({ tables: null, bytes: FIXED_BYTES });
  if ((bytes[1] ?? 0) !== 0) return refused("RTP/JPEG: 16-bit quantization tables");
  if (length !== TABLE_BYTES && length !== TABLES_BYTES) return refused("RTP/JPEG: neither one nor two quantization tables");
  if (bytes.length < FIXED_BYTES + length) return refused("RTP/JPEG: cut off in the quantization tables");
  const sent = bytes.subarray(FIXED_BYTES, FIXED_BYTES + length);
  if (sent.includes(0)) return refused("RTP/JPEG: a quantization step of 0");
  const tables = new Uint8Array(TABLES_BYTES);
  tables.set(sent);
  if (length === TABLE_BYTES) tables.set(sent, TABLE_BYTES);
  return accepted({ tables, bytes: FIXED_BYTES + length });
}
