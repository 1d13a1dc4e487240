/** What OpenCV got wrong in turning a film's YCbCr into RGB, as a matrix to put it right. Pure. */

import {
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ440P,
  AV_PIX_FMT_YUVJ444P,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT2020_CL,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_SPC_BT709,
  AVCOL_SPC_FCC,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE240M,
} from "node-av/constants";

/** Shares of red and blue in luma (ITU-T H.273, table 4). */
type Shares = { readonly red: number; readonly blue: number };

/** What OpenCV takes every film for. */
const BT601: Shares = { red: 0.299, blue: 0.114 };
const SHARES: ReadonlyMap<number, Shares> = new Map([
  [AVCOL_SPC_BT709, { red: 0.2126, blue: 0.0722 }],
  [AVCOL_SPC_FCC, { red: 0.3, blue: 0.11 }],
  [AVCOL_SPC_SMPTE240M, { red: 0.212, blue: 0.087 }],
  [AVCOL_SPC_BT2020_NCL, { red: 0.2627, blue: 0.0593 }],
  [AVCOL_SPC_BT2020_CL, { red: 0.2627, blue: 0.0593 }],
]);
/** Formats that are full range by their name, which is what OpenCV goes by. */
const FULL_BY_FORMAT: ReadonlySet<number> = new Set([
  AV_PIX_FMT_GRAY8,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ440P,
  AV_PIX_FMT_YUVJ444P,
]);

/** OpenCV cuts off fractions on the way to RGB: by 0.3 to 0.6 levels its pictures are darker, measured on three films. */
const ROUNDING = 0.4;
/** Where the default engine keeps the film's own luma, it is brighter by 0.5 to 1.5 levels: this adds one to all but the darkest, so that black stays black. */
const LUMA_LOST = { factor: 1.004, summand: 0.494 } as const;

export type Colour = { readonly colorSpace: number; readonly colorRange: number; readonly format: number };

/** Whether OpenCV stretches the picture's contrast and clips it at both ends, which nothing can put right. */
export function isMistakenForLimited({ colorSpace, colorRange, format }: Colour): boolean {
  return colorSpace !== AVCOL_SPC_RGB && colorRange === AVCOL_RANGE_JPEG && !FULL_BY_FORMAT.has(format);
}

/**
 * Rows for blue, green and red, the last column to add to values up to 255. Null if OpenCV is right. `keepsLuma`: the default engine keeps the film's luma.
 * It leads back to luma and colour differences, which were right in themselves, and on to RGB as it should have been; of the most saturated colours OpenCV has clipped something that does not come back.
 */
export function colourCorrection({ colorSpace }: Colour, keepsLuma: boolean): readonly (readonly number[])[] | null {
  const shares = SHARES.get(colorSpace);
  if (shares !== undefined) return multiply(toRgb(shares), fromRgb(BT601)).map((row) => [...row, ROUNDING]);
  if (!keepsLuma) return null;
  const { factor, summand } = LUMA_LOST;
  return [
    [factor, 0, 0, summand],
    [0, factor, 0, summand],
    [0, 0, factor, summand],
  ];
}

/** Y, Cb, Cr → B, G, R. */
function toRgb({ red, blue }: Shares): readonly (readonly number[])[] {
  const green = 1 - red - blue;
  return [
    [1, 2 * (1 - blue), 0],
    [1, (-2 * blue * (1 - blue)) / green, (-2 * red * (1 - red)) / green],
    [1, 0, 2 * (1 - red)],
  ];
}

/** B, G, R → Y, Cb, Cr. */
function fromRgb({ red, blue }: Shares): readonly (readonly number[])[] {
  const green = 1 - red - blue;
  return [
    [blue, green, red],
    [0.5, -green / (2 * (1 - blue)), -red / (2 * (1 - blue))],
    [-blue / (2 * (1 - red)), -green / (2 * (1 - red)), 0.5],
  ];
}

function multiply(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return a.map((row) => (b[0] ?? []).map((_, column) => row.reduce((sum, value, at) => sum + value * (b[at]?.[column] ?? 0), 0)));
}
