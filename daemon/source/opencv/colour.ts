/** What OpenCV got wrong in turning a film's YCbCr into RGB, as a matrix to put it right. Pure. */

import {
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
/** Formats that are full range by their name, which OpenCV understands. */
const FULL_BY_FORMAT: ReadonlySet<number> = new Set([AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ444P]);

export type Colour = { readonly colorSpace: number; readonly colorRange: number; readonly format: number };

/** Rows for blue, green and red, each with a last column to add, for values up to 255. Null if OpenCV is right. */
export function colourCorrection({ colorSpace, colorRange, format }: Colour): readonly (readonly number[])[] | null {
  if (colorSpace === AVCOL_SPC_RGB) return null;
  const shares = SHARES.get(colorSpace);
  const isMistakenForLimited = colorRange === AVCOL_RANGE_JPEG && !FULL_BY_FORMAT.has(format);
  if (shares === undefined && !isMistakenForLimited) return null;
  // Back to luma and colour differences, which were right in themselves, and to RGB as it should have been.
  const luma = isMistakenForLimited ? 219 / 255 : 1;
  const chroma = isMistakenForLimited ? 224 / 255 : 1;
  const black = isMistakenForLimited ? 16 : 0;
  const decoded = multiply(toRgb(shares ?? BT601), [
    [luma, 0, 0],
    [0, chroma, 0],
    [0, 0, chroma],
  ]);
  return multiply(decoded, fromRgb(BT601)).map((row) => [...row, black]);
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
