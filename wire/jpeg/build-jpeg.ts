/**
 * A JPEG file from what RTP/JPEG carried of it (RFC 2435, Appendix B): JFIF, baseline, with the standard Huffman tables, so that
 * anybody can decode it.
 */

import { writeU16 } from "../big-endian.ts";
import { STANDARD_HUFFMAN_TABLES } from "./huffman-tables.ts";
import type { JpegHeader } from "./jpeg-picture.ts";
import { TABLE_BYTES } from "./quantization-tables.ts";

/** SOI, and the APP0 of JFIF 1.01: no density, no thumbnail. */
const START = [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0] as const;
const END = [0xff, 0xd9] as const;
/** More than all header segments together (629 bytes with a restart interval). */
const MAX_HEADER_BYTES = 640;

/** `scanChunks`: the fragments in order. An end-of-image marker at their end (GStreamer sends it) is not doubled. */
export function buildJpegFile(header: JpegHeader, scanChunks: readonly Uint8Array[]): Uint8Array {
  const scanBytes = scanChunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const file = new Uint8Array(MAX_HEADER_BYTES + scanBytes + END.length);
  let at = writeHeader(file, header);
  for (const chunk of scanChunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  const hasEnd = scanBytes >= END.length && file[at - 2] === END[0] && file[at - 1] === END[1];
  if (hasEnd) return file.subarray(0, at);
  file.set(END, at);
  return file.subarray(0, at + END.length);
}

function writeHeader(file: Uint8Array, header: JpegHeader): number {
  file.set(START);
  let at: number = START.length;
  for (const destination of [0, 1]) {
    const table = header.tables.subarray(destination * TABLE_BYTES, (destination + 1) * TABLE_BYTES);
    at = writeSegment(file, at, 0xdb, [destination, ...table]);
  }
  at = writeSegment(file, at, 0xc0, frameSegment(header));
  for (const { class: huffmanClass, destination, table } of STANDARD_HUFFMAN_TABLES) {
    at = writeSegment(file, at, 0xc4, [(huffmanClass << 4) | destination, ...table]);
  }
  if (header.restartInterval > 0) at = writeSegment(file, at, 0xdd, [header.restartInterval >> 8, header.restartInterval & 0xff]);
  // Three components with their tables, all 64 coefficients at once.
  return writeSegment(file, at, 0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
}

/** 8 bits a sample, three components; luma's sampling factors follow from the type, chroma has 1×1. */
function frameSegment({ type, width, height }: JpegHeader): readonly number[] {
  const lumaSampling = type === 0 ? 0x21 : 0x22;
  return [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3, 1, lumaSampling, 0, 2, 0x11, 1, 3, 0x11, 1];
}

/** The place after the segment. */
function writeSegment(file: Uint8Array, at: number, marker: number, body: readonly number[]): number {
  file[at] = 0xff;
  file[at + 1] = marker;
  writeU16(file, at + 2, 2 + body.length);
  file.set(body, at + 4);
  return at + 4 + body.length;
}
