/** From a film's picture to the size in which it is sent (wire.md, Common). Pure. */

export type Size = { readonly width: number; readonly height: number };

/** RFC 2435 carries a side in 8 bits as a multiple of 8. */
const MAX_SIDE = 2040;

/** The shape that a viewer should see: width stretched by the sample aspect ratio (0 when unknown), sides swapped when it is turned. */
export function displaySize(stored: Size, sampleAspectRatio: number, isTurned: boolean): Size {
  const ratio = sampleAspectRatio > 0 && Number.isFinite(sampleAspectRatio) ? sampleAspectRatio : 1;
  const width = stored.width * ratio;
  return isTurned ? { width: stored.height, height: width } : { width, height: stored.height };
}

/** `width` wide, but never larger than the film itself, and no side over 2,040. 854×480 and 500 give 500×281. */
export function sizeForWidth(display: Size, width: number): Size {
  const scale = Math.min(width / display.width, 1, MAX_SIDE / display.width, MAX_SIDE / display.height);
  return { width: wholeSide(display.width * scale), height: wholeSide(display.height * scale) };
}

function wholeSide(side: number): number {
  return Math.min(MAX_SIDE, Math.max(1, Math.round(side)));
}
