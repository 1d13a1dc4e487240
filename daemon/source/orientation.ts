/** Turning and mirroring by a film's display matrix, on small 32-bit pictures. Pure. */

/** Pixel (x, y) of the stored picture is shown at (a·x + c·y, b·x + d·y), moved so that it begins at 0. Each is −1, 0 or 1. */
export type Orientation = { readonly a: number; readonly b: number; readonly c: number; readonly d: number };

export const UPRIGHT: Orientation = { a: 1, b: 0, c: 0, d: 1 };

const MATRIX_BYTES = 36;

/** From a display matrix (ISO 14496-12, 8.2.2: nine 32-bit numbers, host order as FFmpeg hands it over); null or odd angles give upright. */
export function orientationOfMatrix(matrix: Uint8Array | null): Orientation {
  if (matrix === null || matrix.length < MATRIX_BYTES) return UPRIGHT;
  const view = new DataView(matrix.buffer, matrix.byteOffset, MATRIX_BYTES);
  const [a, b, c, d] = [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(12, true), view.getInt32(16, true)];
  const orientation = { a: Math.sign(a), b: Math.sign(b), c: Math.sign(c), d: Math.sign(d) };
  const isRightAngled = Math.abs(a * d - b * c) > 0 && ((a === 0 && d === 0) || (b === 0 && c === 0));
  return isRightAngled ? orientation : UPRIGHT;
}

export function isUpright(orientation: Orientation): boolean {
  return orientation.a === 1 && orientation.d === 1;
}

/** Whether width and height change places. */
export function isTurned(orientation: Orientation): boolean {
  return orientation.a === 0;
}

/** Copies `width`×`height` pixels (rows `stride` apart) as they are to be seen, rows without padding. */
export function orient(pixels: Uint32Array, width: number, height: number, stride: number, { a, b, c, d }: Orientation): Uint32Array {
  const shown = new Uint32Array(width * height);
  const shownWidth = a === 0 ? height : width;
  const originX = (a < 0 ? width - 1 : 0) + (c < 0 ? height - 1 : 0);
  const originY = (b < 0 ? width - 1 : 0) + (d < 0 ? height - 1 : 0);
  const stepX = b * shownWidth + a;
  for (let y = 0; y < height; y++) {
    let to = (originY + d * y) * shownWidth + originX + c * y;
    const row = y * stride;
    for (let x = 0; x < width; x++, to += stepX) shown[to] = pixels[row + x] ?? 0;
  }
  return shown;
}
