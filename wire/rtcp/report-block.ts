/** The report blocks of sender and receiver reports: what a receiver has seen of one source (RFC 3550, section 6.4.1). */

import { readU24, readU32, writeU24, writeU32 } from "../big-endian.ts";

export const REPORT_BLOCK_BYTES = 24;

export type ReportBlock = {
  /** The source that is reported on. */
  readonly ssrc: number;
  /** Of the packets expected since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Since the beginning, 24 bit signed: duplicates make it negative. */
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  /** In the payload type's clock. */
  readonly jitterRtpTs: number;
  /** `ntpMiddle` of the last sender report; 0 if there was none. */
  readonly lastSenderReport: number;
  /** Since that report, in 1/65,536 s. */
  readonly delaySinceLastSenderReport: number;
};

export function writeReportBlocks(target: Uint8Array, offset: number, blocks: readonly ReportBlock[]): void {
  for (const [index, block] of blocks.entries()) {
    const at = offset + index * REPORT_BLOCK_BYTES;
    writeU32(target, at, block.ssrc);
    target[at + 4] = block.fractionLost;
    writeU24(target, at + 5, Math.min(Math.max(block.cumulativeLost, -0x800000), 0x7fffff));
    writeU32(target, at + 8, block.highestSequence);
    writeU32(target, at + 12, block.jitterRtpTs);
    writeU32(target, at + 16, block.lastSenderReport);
    writeU32(target, at + 20, block.delaySinceLastSenderReport);
  }
}

/** Null if there is no room for `count` blocks. What follows them is a profile's extension, and ignored. */
export function parseReportBlocks(body: Uint8Array, offset: number, count: number): readonly ReportBlock[] | null {
  if (body.length < offset + count * REPORT_BLOCK_BYTES) return null;
  const blocks: ReportBlock[] = [];
  for (let index = 0; index < count; index++) {
    const at = offset + index * REPORT_BLOCK_BYTES;
    blocks.push({
      ssrc: readU32(body, at),
      fractionLost: body[at + 4] ?? 0,
      cumulativeLost: (readU24(body, at + 5) << 8) >> 8,
      highestSequence: readU32(body, at + 8),
      jitterRtpTs: readU32(body, at + 12),
      lastSenderReport: readU32(body, at + 16),
      delaySinceLastSenderReport: readU32(body, at + 20),
    });
  }
  return blocks;
}
