/**
 * The main JPEG header, first in every payload (RFC 2435, section 3.1).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    | Type-specific |              Fragment Offset                  |
 *    |      Type     |       Q       |     Width     |     Height    |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU24, writeU24 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";

export const MAIN_HEADER_BYTES = 8;
/** 255 blocks of 8: what the width and height fields can carry. */
export const MAX_SIDE = 2040;
/** 24 bits. */
export const MAX_FRAGMENT_OFFSET = 0xffffff;

/** Type 0 is 4:2:2, type 1 is 4:2:0 (section 4.1). */
export type JpegType = 0 | 1;

/** Added to the type when a restart marker header follows. */
const RESTART_TYPES = 64;
/** Q from here on: the tables travel in the first fragment of a frame (section 3.1.8). */
export const FIRST_IN_BAND_Q = 128;
/** The tables may differ from frame to frame, and hence travel in each. */
export const PER_FRAME_Q = 255;

export type MainHeader = {
  /** 0 for progressively scanned video, which is all that we send. */
  readonly typeSpecific: number;
  /** Bytes of scan data before this fragment's. */
  readonly fragmentOffset: number;
  readonly type: JpegType;
  readonly hasRestartHeader: boolean;
  /** 1–99: computed tables; 128–255: tables in band. */
  readonly q: number;
  /** Pixels. Written rounded up to a multiple of 8. */
  readonly width: number;
  readonly height: number;
};

export function writeMainHeader(target: Uint8Array, offset: number, header: MainHeader): void {
  target[offset] = header.typeSpecific;
  writeU24(target, offset + 1, header.fragmentOffset);
  target[offset + 4] = header.type + (header.hasRestartHeader ? RESTART_TYPES : 0);
  target[offset + 5] = header.q;
  target[offset + 6] = Math.ceil(header.width / 8);
  target[offset + 7] = Math.ceil(header.height / 8);
}

export function parseMainHeader(payload: Uint8Array): Parsed<MainHeader> {
  if (payload.length < MAIN_HEADER_BYTES) return refused("RTP/JPEG: shorter than the main header");
  const rawType = payload[4] ?? 0;
  const type = rawType & ~RESTART_TYPES;
  if (type !== 0 && type !== 1) return refused("RTP/JPEG: unknown type");
  const q = payload[5] ?? 0;
  if (q === 0 || (q >= 100 && q < FIRST_IN_BAND_Q)) return refused("RTP/JPEG: reserved Q");
  const width = 8 * (payload[6] ?? 0);
  const height = 8 * (payload[7] ?? 0);
  if (width === 0 || height === 0) return refused("RTP/JPEG: width or height 0");
  return accepted({
    typeSpecific: payload[0] ?? 0,
    fragmentOffset: readU24(payload, 1),
    type,
    hasRestartHeader: rawType !== type,
    q,
    width,
    height,
  });
}
