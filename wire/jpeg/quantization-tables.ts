/**
 * The quantization tables that RFC 2435 (Appendix A) computes from Q = 1 to 99: the tables of ITU-T T.81 Annex K.1 scaled as libjpeg
 * ("IJG quality") does. Two tables, luma and chroma, are 128 bytes, in the zigzag order in which a JPEG file and the wire carry them.
 */

import { PER_FRAME_Q } from "./main-header.ts";

export const TABLE_BYTES = 64;
export const TABLES_BYTES = 2 * TABLE_BYTES;

const MIN_Q = 1;
const MAX_Q = 99;

/** Table K.1, in zigzag order. */
const LUMA = [
  16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51, 56, 55,
  64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
] as const;

/** Table K.2, in zigzag order: 99 from the 15th coefficient on. */
const CHROMA = [17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66] as const;
const CHROMA_REST = 99;

/** `q` below 1 or above 99 counts as 1 or 99, as in the RFC's own code. */
export function quantizationTables(q: number): Uint8Array {
  const scale = scaleOf(Math.min(Math.max(Math.trunc(q), MIN_Q), MAX_Q));
  const tables = new Uint8Array(TABLES_BYTES);
  for (let index = 0; index < TABLES_BYTES; index++) tables[index] = stepAt(index, scale);
  return tables;
}

/** The Q (1 to 99) whose computed tables equal `tables`, else 255: the tables must travel with every frame. */
export function rtpQuality(tables: Uint8Array): number {
  for (let q = MIN_Q; q <= MAX_Q; q++) {
    if (areTablesOf(tables, scaleOf(q))) return q;
  }
  return PER_FRAME_Q;
}

function areTablesOf(tables: Uint8Array, scale: number): boolean {
  for (let index = 0; index < TABLES_BYTES; index++) {
    if (tables[index] !== stepAt(index, scale)) return false;
  }
  return true;
}

/** Percent. */
function scaleOf(q: number): number {
  return q < 50 ? Math.trunc(5000 / q) : 200 - 2 * q;
}

function stepAt(index: number, scale: number): number {
  const base = index < TABLE_BYTES ? LUMA[index] : CHROMA[index - TABLE_BYTES];
  const step = Math.trunc(((base ?? CHROMA_REST) * scale + 50) / 100);
  return Math.min(Math.max(step, 1), 255);
}
