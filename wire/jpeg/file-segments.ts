/**
 * The marker segments of a JPEG file that say how its scan is coded (ITU-T T.81, Annex B.2). Each reader takes the segment's body
 * (what follows the length) into `tables`, or gives the reason why RFC 2435 cannot carry the picture.
 */

import { readU16 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed, Refused } from "../parsed.ts";
import { standardHuffmanUse } from "./huffman-tables.ts";
import type { HuffmanUse } from "./huffman-tables.ts";
import { MAX_SIDE } from "./main-header.ts";
import { TABLE_BYTES } from "./quantization-tables.ts";

/** The tables that are in force where a scan begins. */
export type TableSlots = {
  /** By destination, 0 to 3. */
  readonly quantization: (Uint8Array | null)[];
  /** By destination, 0 and 1; null is a table that is none of the standard ones. Cameras leave the tables out and mean the standard. */
  readonly dcUse: (HuffmanUse | null)[];
  readonly acUse: (HuffmanUse | null)[];
};

export type FrameComponent = {
  readonly id: number;
  readonly sampling: number;
  readonly quantization: number;
};
export type FrameHeader = {
  readonly width: number;
  readonly height: number;
  readonly components: readonly FrameComponent[];
};

const HUFFMAN_COUNTS = 16;

export function initialTables(): TableSlots {
  return {
    quantization: [null, null, null, null],
    dcUse: ["luma", "chroma"],
    acUse: ["luma", "chroma"],
  };
}

/** DQT (B.2.4.1). Null if all is well. */
export function readQuantizationSegment(body: Uint8Array, tables: TableSlots): Refused | null {
  for (let at = 0; at < body.length; at += 1 + TABLE_BYTES) {
    const info = body[at] ?? 0;
    if (info >> 4 !== 0) return refused("JPEG: 16-bit quantization tables");
    if ((info & 0x0f) > 3) return refused("JPEG: malformed quantization table segment");
    const table = body.subarray(at + 1, at + 1 + TABLE_BYTES);
    if (table.length < TABLE_BYTES) return refused("JPEG: malformed quantization table segment");
    if (table.includes(0)) return refused("JPEG: a quantization step of 0");
    tables.quantization[info & 0x0f] = table;
  }
  return null;
}

/** DHT (B.2.4.2). Null if all is well. */
export function readHuffmanSegment(body: Uint8Array, tables: TableSlots): Refused | null {
  let at = 0;
  while (at < body.length) {
    const info = body[at] ?? 0;
    const huffmanClass = info >> 4;
    const destination = info & 0x0f;
    if ((huffmanClass !== 0 && huffmanClass !== 1) || destination > 1) return refused("JPEG: malformed Huffman table segment");
    const valuesStart = at + 1 + HUFFMAN_COUNTS;
    const valueCount = body.subarray(at + 1, valuesStart).reduce((sum, count) => sum + count, 0);
    const end = valuesStart + valueCount;
    if (end > body.length) return refused("JPEG: malformed Huffman table segment");
    const slots = huffmanClass === 0 ? tables.dcUse : tables.acUse;
    slots[destination] = standardHuffmanUse(huffmanClass, body.subarray(at + 1, end));
    at = end;
  }
  return null;
}

/** SOF0 (B.2.2). */
export function readFrameSegment(body: Uint8Array): Parsed<FrameHeader> {
  if (body.length < 6) return refused("JPEG: malformed frame header");
  if (body[0] !== 8) return refused("JPEG: not 8 bits a sample");
  const height = readU16(body, 1);
  const width = readU16(body, 3);
  if (width === 0 || height === 0) return refused("JPEG: width or height 0");
  if (width > MAX_SIDE || height > MAX_SIDE) return refused("JPEG: a side over 2,040 pixels");
  const count = body[5] ?? 0;
  if (count === 1) return refused("JPEG: grey, without colour components");
  if (count !== 3) return refused("JPEG: not three components");
  if (body.length !== 6 + 3 * count) return refused("JPEG: malformed frame header");
  const components = [6, 9, 12].map((at) => ({
    id: body[at] ?? 0,
    sampling: body[at + 1] ?? 0,
    quantization: body[at + 2] ?? 0,
  }));
  return accepted({ width, height, components });
}

/** SOS (B.2.3): one scan with all three components, in the frame's order, by the standard tables. Null if it is so. */
export function checkScanSegment(body: Uint8Array, frame: FrameHeader, tables: TableSlots): Refused | null {
  if (body[0] !== 3) return refused("JPEG: several scans");
  if (body.length !== 10) return refused("JPEG: malformed scan header");
  for (const [index, component] of frame.components.entries()) {
    if (body[1 + 2 * index] !== component.id) return refused("JPEG: the scan's components differ from the frame's");
    const selectors = body[2 + 2 * index] ?? 0;
    const use = index === 0 ? "luma" : "chroma";
    const isStandard = tables.dcUse[selectors >> 4] === use && tables.acUse[selectors & 0x0f] === use;
    if (!isStandard) return refused("JPEG: Huffman tables other than the standard ones");
  }
  if (body[7] !== 0 || body[8] !== 63 || body[9] !== 0) return refused("JPEG: not a baseline scan");
  return null;
}
