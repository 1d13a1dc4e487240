/**
 * A JPEG file comes in; out goes what RFC 2435 carries of it, or the reason why it cannot: only baseline, one scan, 4:2:0 or 4:2:2,
 * 8-bit tables, the standard Huffman coding, and no side over 2,040 pixels (sections 3.1 and 4.1).
 */

import { readU16 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed, Refused } from "../parsed.ts";
import { checkScanSegment, initialTables, readFrameSegment, readHuffmanSegment, readQuantizationSegment } from "./file-segments.ts";
import type { FrameHeader, TableSlots } from "./file-segments.ts";
import type { JpegPicture } from "./jpeg-picture.ts";
import { MAX_FRAGMENT_OFFSET } from "./main-header.ts";
import type { JpegType } from "./main-header.ts";
import { TABLE_BYTES, TABLES_BYTES } from "./quantization-tables.ts";

/** Marker codes (T.81, table B.1), the byte after FF. */
const SOF0 = 0xc0;
const SOF2 = 0xc2;
const SOF15 = 0xcf;
const DHT = 0xc4;
const FIRST_RST = 0xd0;
const LAST_RST = 0xd7;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;
const FIRST_APP = 0xe0;
const APP14 = 0xee;
const COM = 0xfe;

/** Reads a whole file. Bytes after the end-of-image marker are ignored: some cameras pad. The scan is a view of `file`. */
export function parseJpeg(file: Uint8Array): Parsed<JpegPicture> {
  if (file[0] !== 0xff || file[1] !== SOI) return refused("JPEG: no start-of-image marker");
  const tables = initialTables();
  let frame: FrameHeader | null = null;
  let restartInterval = 0;
  let at = 2;
  while (at + 4 <= file.length) {
    if (file[at] !== 0xff) return refused("JPEG: no marker where one is due");
    const marker = file[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker < SOF0 || (marker >= FIRST_RST && marker <= EOI)) return refused("JPEG: a marker where none may be");
    const length = readU16(file, at + 2);
    const body = file.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length !== length - 2) return refused("JPEG: cut off in a segment");
    at += 2 + length;
    if (marker === SOF0) {
      if (frame !== null) return refused("JPEG: several frame headers");
      const parsed = readFrameSegment(body);
      if (!parsed.ok) return parsed;
      frame = parsed.value;
    } else if (marker === DRI) {
      restartInterval = readU16(body, 0);
    } else if (marker === SOS) {
      if (frame === null) return refused("JPEG: no frame header before the scan");
      return checkScanSegment(body, frame, tables) ?? assemble(file.subarray(at), frame, tables, restartInterval);
    } else {
      const refusal = readOtherSegment(marker, body, tables);
      if (refusal !== null) return refusal;
    }
  }
  return refused("JPEG: no scan");
}

/**
 * The same for the pictures of one stream, whose headers are mostly the same bytes as those of the picture before: what was read of them then is not
 * read again. The tables in the answer are shared.
 */
export function createJpegParser(): (file: Uint8Array) => Parsed<JpegPicture> {
  let head = new Uint8Array(0);
  let before: JpegPicture | null = null;
  return (file) => {
    if (before !== null && startsWith(file, head)) {
      const scan = findScan(file.subarray(head.length), before.restartInterval > 0);
      return scan.ok ? accepted({ ...before, scan: scan.value }) : scan;
    }
    const parsed = parseJpeg(file);
    before = parsed.ok ? parsed.value : null;
    if (parsed.ok) head = file.slice(0, parsed.value.scan.byteOffset - file.byteOffset);
    return parsed;
  };
}

function startsWith(file: Uint8Array, head: Uint8Array): boolean {
  if (file.length < head.length) return false;
  for (let at = 0; at < head.length; at++) if (file[at] !== head[at]) return false;
  return true;
}

function readOtherSegment(marker: number, body: Uint8Array, tables: TableSlots): Refused | null {
  if (marker === DQT) return readQuantizationSegment(body, tables);
  if (marker === DHT) return readHuffmanSegment(body, tables);
  if (marker === SOF2) return refused("JPEG: progressive");
  if (marker <= SOF15) return refused("JPEG: not baseline");
  if (marker === APP14 && isAdobeRgb(body)) return refused("JPEG: RGB instead of YCbCr");
  if (marker >= FIRST_APP || marker === COM) return null;
  return refused("JPEG: a segment that baseline pictures do not have");
}

/** Adobe's segment: "Adobe", version, two flag words, and the colour transform, 0 for none. */
function isAdobeRgb(body: Uint8Array): boolean {
  const isAdobe = body.length >= 12 && body[0] === 0x41 && body[1] === 0x64 && body[2] === 0x6f && body[3] === 0x62 && body[4] === 0x65;
  return isAdobe && body[11] === 0;
}

/** `rest`: the file from the scan's first byte on. */
function assemble(rest: Uint8Array, frame: FrameHeader, tables: TableSlots, restartInterval: number): Parsed<JpegPicture> {
  const [luma, blue, red] = frame.components;
  if (luma === undefined || blue === undefined || red === undefined) return refused("JPEG: not three components");
  const type = typeOf(luma.sampling);
  if (type === null || blue.sampling !== 0x11 || red.sampling !== 0x11) return refused("JPEG: chroma sampled neither 4:2:0 nor 4:2:2");
  if (blue.quantization !== red.quantization) return refused("JPEG: three quantization tables");
  const lumaTable = tables.quantization[luma.quantization];
  const chromaTable = tables.quantization[blue.quantization];
  if (!lumaTable || !chromaTable) return refused("JPEG: a quantization table is missing");
  const scan = findScan(rest, restartInterval > 0);
  if (!scan.ok) return scan;

  const both = new Uint8Array(TABLES_BYTES);
  both.set(lumaTable);
  both.set(chromaTable, TABLE_BYTES);
  return accepted({
    type,
    width: frame.width,
    height: frame.height,
    tables: both,
    restartInterval,
    scan: scan.value,
  });
}

/** From the luma component's factors, horizontal and vertical, four bits each. */
function typeOf(lumaSampling: number): JpegType | null {
  if (lumaSampling === 0x21) return 0;
  return lumaSampling === 0x22 ? 1 : null;
}

/** The entropy-coded data up to the end-of-image marker. An FF in it is followed by 00, or by the number of a restart marker. */
function findScan(rest: Uint8Array, hasRestarts: boolean): Parsed<Uint8Array> {
  let at = rest.indexOf(0xff);
  while (at !== -1 && at + 1 < rest.length) {
    const next = rest[at + 1] ?? 0;
    if (next === EOI) {
      if (at === 0) return refused("JPEG: an empty scan");
      return at > MAX_FRAGMENT_OFFSET ? refused("JPEG: a scan over 16 MiB") : accepted(rest.subarray(0, at));
    }
    const isRestart = next >= FIRST_RST && next <= LAST_RST;
    if (isRestart && !hasRestarts) return refused("JPEG: restart markers without an interval");
    if (next !== 0 && next !== 0xff && !isRestart) return refused("JPEG: several scans");
    at = rest.indexOf(0xff, next === 0xff ? at + 1 : at + 2);
  }
  return refused("JPEG: no end-of-image marker");
}
