/** Whether a camera's JPEG may be sent as it is: small enough, not better than what is asked for, and of the form that RTP carries. Pure. */

import { buildJpegFile, parseJpeg, quantizationTables } from "../../../wire/jpeg/index.ts";
import type { SourceFormat } from "../messages.ts";
import type { EncodedPicture } from "../jpeg-encoder.ts";

/** A little better costs a little more; encoding it again would cost more than that. */
const QUALITY_MARGIN = 8;

/**
 * The picture as a file of our own making (many cameras leave the Huffman tables out), or null if it has to be decoded and encoded again.
 * Its scan is the camera's.
 */
export function passJpeg(jpeg: Uint8Array, format: SourceFormat): EncodedPicture | null {
  const parsed = parseJpeg(jpeg);
  if (!parsed.ok) return null;
  const { width, height, tables, scan } = parsed.value;
  const quality = estimateQuality(tables);
  if (width > format.width || quality > format.quality + QUALITY_MARGIN) return null;
  const file = buildJpegFile(parsed.value, [scan]);
  return file.length > format.maxFrameBytes ? null : { jpeg: file, width, height, quality, isReduced: false };
}

/** The IJG quality whose tables come nearest: by the sum of their steps, which falls as the quality rises. */
export function estimateQuality(tables: Uint8Array): number {
  const sum = sumOf(tables);
  let [low, high] = [1, 99];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sumOf(quantizationTables(middle)) <= sum) high = middle;
    else low = middle + 1;
  }
  return low;
}

function sumOf(tables: Uint8Array): number {
  return tables.reduce((sum, step) => sum + step, 0);
}
