/** Pictures as OpenCV reads them → pixels in the wanted size, upright, in the film's own colours. */

import type { Pixels } from "../jpeg-encoder.ts";
import { isTurned, isUpright, orient, type Orientation } from "../orientation.ts";
import type { Size } from "../picture-size.ts";
import { COLOR_BGR2BGRA, CV_64F, INTER_AREA, type Mat, type OpenCv } from "./binding.ts";

export type PixelMaker = {
  /** By area averaging. The picture stays as it is. */
  readonly make: (picture: Mat, size: Size) => Pixels;
  readonly close: () => void;
};

/** `correction`: of colourCorrection. */
export function createPixelMaker(cv: OpenCv, orientation: Orientation, correction: readonly (readonly number[])[] | null): PixelMaker {
  const matrix = correction === null ? null : new cv.Mat(correction, CV_64F);

  const make = (picture: Mat, size: Size): Pixels => {
    const stored = isTurned(orientation) ? { width: size.height, height: size.width } : size;
    const isSize = picture.cols === stored.width && picture.rows === stored.height;
    const scaled = isSize ? picture : picture.resize(stored.height, stored.width, 0, 0, INTER_AREA);
    const coloured = matrix === null ? scaled : scaled.transform(matrix);
    const turned = isUpright(orientation) ? null : coloured.cvtColor(COLOR_BGR2BGRA);
    const bytes = (turned ?? coloured).getData();
    for (const mat of new Set([scaled, coloured, turned])) if (mat !== picture) mat?.release();
    if (turned === null) return { ...size, bytes, bytesPerPixel: 3, stridePixels: size.width };
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, stored.width * stored.height);
    const shown = orient(pixels, stored.width, stored.height, stored.width, orientation);
    return { ...size, bytes: Buffer.from(shown.buffer), bytesPerPixel: 4, stridePixels: size.width };
  };

  return { make, close: () => matrix?.release() };
}
