/**
 * The restart marker header, after the main header of types 64 and 65 (RFC 2435, section 3.1.7).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |       Restart Interval        |F|L|       Restart Count       |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU16, writeU16 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";

export const RESTART_HEADER_BYTES = 4;
/** With F and L set: fragments do not align to intervals, the frame is to be reassembled as a whole. */
export const WHOLE_FRAME_COUNT = 0x3fff;

const FIRST_BIT = 0x8000;
const LAST_BIT = 0x4000;

export type RestartHeader = {
  /** MCUs between two restart markers, 1 to 65,535. */
  readonly interval: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Position of the first interval of the fragment, or `WHOLE_FRAME_COUNT`. */
  readonly count: number;
};

export function writeRestartHeader(target: Uint8Array, offset: number, header: RestartHeader): void {
  writeU16(target, offset, header.interval);
  const flags = (header.isFirst ? FIRST_BIT : 0) | (header.isLast ? LAST_BIT : 0);
  writeU16(target, offset + 2, flags | (header.count & WHOLE_FRAME_COUNT));
}

/** `bytes` begins where the header does. */
export function parseRestartHeader(bytes: Uint8Array): Parsed<RestartHeader> {
  if (bytes.length < RESTART_HEADER_BYTES) return refused("RTP/JPEG: cut off in the restart marker header");
  const interval = readU16(bytes, 0);
  if (interval === 0) return refused("RTP/JPEG: restart interval 0");
  const flags = readU16(bytes, 2);
  return accepted({
    interval,
    isFirst: (flags & FIRST_BIT) !== 0,
    isLast: (flags & LAST_BIT) !== 0,
    count: flags & WHOLE_FRAME_COUNT,
  });
}
