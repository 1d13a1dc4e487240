/** Decoded frames → 32-bit pixels in the wanted size, upright, full range. One pass of swscale, by area averaging; no full-size RGB. */

import { AV_PIX_FMT_BGRA, AVCOL_RANGE_JPEG, AVCOL_SPC_RGB } from "node-av/constants";
import { Frame, SoftwareScaleContext } from "node-av/lib";
import { ItemError } from "./item-reader.ts";
import type { Pixels } from "./jpeg-encoder.ts";
import { isTurned, isUpright, orient, type Orientation } from "./orientation.ts";
import type { Size } from "./picture-size.ts";

const BYTES_PER_PIXEL = 4;

export type PictureScaler = {
  /** Throws ItemError if FFmpeg cannot convert the frame's pixel format. */
  readonly scale: (frame: Frame, size: Size, orientation: Orientation) => Pixels;
  readonly close: () => void;
};

type Target = Size & { readonly frame: Frame; readonly bytes: Buffer; readonly stridePixels: number };

export function createPictureScaler(path: string): PictureScaler {
  // Without fixed sizes swscale takes size, format, colour matrix and range from the frames, and follows their changes.
  const context = new SoftwareScaleContext();
  context.allocContext();
  context.setOption("sws_flags", "area");
  context.setOption("threads", "1");
  let target: Target | null = null;

  const scale = (frame: Frame, size: Size, orientation: Orientation): Pixels => {
    const stored = isTurned(orientation) ? { width: size.height, height: size.width } : size;
    if (target === null || target.width !== stored.width || target.height !== stored.height) {
      target?.frame.free();
      target = allocate(stored);
    }
    const result = context.scaleFrameSync(target.frame, frame);
    if (result < 0)
      throw new ItemError(`${path}: its pixel format cannot be converted (${result}); convert it, to H.264 in yuv420p for instance`);
    const { bytes, stridePixels } = target;
    if (isUpright(orientation)) return { ...size, bytes, stridePixels };
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / BYTES_PER_PIXEL);
    const shown = orient(pixels, stored.width, stored.height, stridePixels, orientation);
    return { ...size, bytes: Buffer.from(shown.buffer), stridePixels: size.width };
  };

  return {
    scale,
    close: () => {
      target?.frame.free();
      context.freeContext();
    },
  };
}

function allocate({ width, height }: Size): Target {
  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = AV_PIX_FMT_BGRA;
  frame.colorRange = AVCOL_RANGE_JPEG;
  frame.colorSpace = AVCOL_SPC_RGB;
  const result = frame.getBuffer();
  const [bytes] = frame.data ?? [];
  const [stride] = frame.linesize;
  if (result < 0 || bytes === undefined || stride === undefined) throw new Error(`no memory for a picture of ${width}×${height}`);
  return { width, height, frame, bytes, stridePixels: stride / BYTES_PER_PIXEL };
}
