/**
 * A picture as one datagram: a whole JPEG file with its stamp in a comment segment (COM, ITU-T T.81 section B.2.4.5), as it is or as
 * base64 text.
 */

import { readU16, writeU16 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { STAMP_BYTES, parseStamp, writeStamp } from "./stamp.ts";
import type { DatagramStamp } from "./stamp.ts";

export type PictureEncoding = "raw" | "base64";

export type PictureDatagram = {
  /** The JPEG file, comment included. */
  readonly jpeg: Uint8Array;
  /** Null where there is none of ours: the file of a stranger. */
  readonly stamp: DatagramStamp | null;
};

/** What one UDP/IPv4 datagram can carry. */
const MAX_DATAGRAM_BYTES = 65_507;
const START_BYTES = 2;
const COMMENT_BYTES = 4 + STAMP_BYTES;
const START = 0xffd8;
const END = 0xffd9;
const JFIF = 0xffe0;
const COMMENT = 0xfffe;
/** Of the first three bytes of any JPEG, FF D8 FF. */
const BASE64_START = "/9j/";

/** The largest JPEG whose datagram fits, stamp and base64 included. */
export function mostJpegBytes(encoding: PictureEncoding): number {
  const most = encoding === "raw" ? MAX_DATAGRAM_BYTES : Math.floor(MAX_DATAGRAM_BYTES / 4) * 3;
  return most - COMMENT_BYTES;
}

/** `jpeg`: a whole file, from SOI to EOI, of at most `mostJpegBytes`. */
export function buildPictureDatagram(jpeg: Uint8Array, stamp: DatagramStamp, encoding: PictureEncoding): Parsed<Uint8Array> {
  if (readU16(jpeg, 0) !== START) return refused("JPEG: no start of image");
  if (readU16(jpeg, jpeg.length - 2) !== END) return refused("JPEG: no end of image");
  if (jpeg.length > mostJpegBytes(encoding)) return refused("JPEG: too large for a datagram");
  const at = commentPlace(jpeg);
  const file = new Uint8Array(jpeg.length + COMMENT_BYTES);
  file.set(jpeg.subarray(0, at));
  writeU16(file, at, COMMENT);
  writeU16(file, at + 2, COMMENT_BYTES - 2);
  writeStamp(file, at + 4, stamp);
  file.set(jpeg.subarray(at), at + COMMENT_BYTES);
  return accepted(encoding === "raw" ? file : base64Of(file));
}

/** A datagram that holds a JPEG, as it is or as base64 text. */
export function parsePictureDatagram(datagram: Uint8Array): Parsed<PictureDatagram> {
  const jpeg = readU16(datagram, 0) === START ? datagram : fileOf(datagram);
  if (jpeg === null || readU16(jpeg, 0) !== START) return refused("datagram: no JPEG");
  if (readU16(jpeg, jpeg.length - 2) !== END) return refused("datagram: JPEG cut off");
  return accepted({ jpeg, stamp: stampIn(jpeg) });
}

/** Behind APP0 where there is one: JFIF wants that segment to be the first. */
function commentPlace(jpeg: Uint8Array): number {
  const end = START_BYTES + 2 + readU16(jpeg, START_BYTES + 2);
  return readU16(jpeg, START_BYTES) === JFIF && end <= jpeg.length - 2 ? end : START_BYTES;
}

/** Whoever wrote the file again may have put other segments before ours. */
function stampIn(jpeg: Uint8Array): DatagramStamp | null {
  for (let at = START_BYTES; jpeg[at] === 0xff;) {
    const marker = readU16(jpeg, at);
    const isSkipped = (marker >= 0xffe0 && marker <= 0xffef) || marker === COMMENT;
    const length = readU16(jpeg, at + 2);
    if (!isSkipped || length < 2) return null;
    const stamp = marker === COMMENT ? parseStamp(jpeg.subarray(at + 4, at + 2 + length)) : null;
    if (stamp !== null) return stamp;
    at += 2 + length;
  }
  return null;
}

function base64Of(file: Uint8Array): Uint8Array {
  return new TextEncoder().encode(Buffer.from(file.buffer, file.byteOffset, file.length).toString("base64"));
}

function fileOf(datagram: Uint8Array): Uint8Array | null {
  const text = new TextDecoder("latin1").decode(datagram).trim();
  if (!text.startsWith(BASE64_START) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  return Uint8Array.from(Buffer.from(text, "base64"));
}
