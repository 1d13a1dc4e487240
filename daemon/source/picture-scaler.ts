/** Decoded frames → pixels in the wanted size, upright, full range. One pass of swscale, by area averaging; no full-size RGB. */

import { AV_PIX_FMT_BGR24, AV_PIX_FMT_BGRA, AVCOL_RANGE_JPEG, AVCOL_SPC_RGB } from "node-av/constants";
import { Frame, SoftwareScaleContext } from "node-av/lib";
import { ItemError } from "./item-reader.ts";
import type { Pixels } from "./jpeg-encoder.ts";
import { isTurned, isUpright, orient, type Orientation } from "./orientation.ts";
import type { Size } from "./picture-size.ts";

/** What rows are aligned to, for SIMD. */
const ALIGNED_BYTES = 64;
/** Rows of so many pixels need no padding, with 3 bytes a pixel as well as with 4: the encoder takes rows in whole pixels. */
const ALIGNED_PIXELS = 64;

export type PictureScaler = {
  /** Throws ItemError if FFmpeg cannot convert the frame's pixel format. */
  readonly scale: (frame: Frame, size: Size, orientation: Orientation) => Pixels;
  readonly close: () => void;
};

type Target = Size & { readonly frame: Frame; readonly pixels: Pixels };

export function createPictureScaler(path: string): PictureScaler {
  // Without fixed sizes swscale takes size, format, colour matrix and range from the frames, and follows their changes.
  const context = new SoftwareScaleContext();
  context.allocContext();
  context.setOption("sws_flags", "area");
  context.setOption("threads", "1");
  let target: Target | null = null;

  const scale = (frame: Frame, size: Size, orientation: Orientation): Pixels => {
    const stored = isTurned(orientation) ? { width: size.height, height: size.width } : size;
    // Three bytes are a tenth less work for scaler and encoder together, for the same JPEG; turning is quicker with four.
    const bytesPerPixel = isUpright(orientation) ? 3 : 4;
    if (target?.pixels.bytesPerPixel !== bytesPerPixel || target.width !== stored.width || target.height !== stored.height) {
      target?.frame.free();
      target = allocate(stored, bytesPerPixel);
    }
    const result = context.scaleFrameSync(target.frame, frame);
    if (result < 0)
      throw new ItemError(`${path}: its pixel format cannot be converted (${result}); convert it, to H.264 in yuv420p for instance`);
    if (isUpright(orientation)) return target.pixels;
    const { bytes, stridePixels } = target.pixels;
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, stridePixels * stored.height);
    const shown = orient(pixels, stored.width, stored.height, stridePixels, orientation);
    return { ...size, bytes: Buffer.from(shown.buffer), bytesPerPixel, stridePixels: size.width };
  };

  return {
    scale,
    close: () => {
      target?.frame.free();
      context.freeContext();
    },
  };
}

function allocate({ width, height }: Size, bytesPerPixel: Pixels["bytesPerPixel"]): Target {
  const frame = new Frame();
  frame.alloc();
  frame.width = Math.ceil(width / ALIGNED_PIXELS) * ALIGNED_PIXELS;
  frame.height = height;
  frame.format = bytesPerPixel === 3 ? AV_PIX_FMT_BGR24 : AV_PIX_FMT_BGRA;
  frame.colorRange = AVCOL_RANGE_JPEG;
  frame.colorSpace = AVCOL_SPC_RGB;
  const result = frame.getBuffer(ALIGNED_BYTES);
  frame.width = width;
  const [bytes] = frame.data ?? [];
  const [stride] = frame.linesize;
  if (result < 0 || bytes === undefined || stride === undefined) throw new Error(`no memory for a picture of ${width}×${height}`);
  return { width, height, frame, pixels: { width, height, bytes, bytesPerPixel, stridePixels: stride / bytesPerPixel } };
}
