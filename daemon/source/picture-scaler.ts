/**
 * Decoded frames → a picture in the wanted size, upright, full range. One pass of swscale, by area averaging; no full-size RGB. What is in the planes of JPEG
 * already stays in planes.
 */

import {
  AV_PIX_FMT_BGR24,
  AV_PIX_FMT_BGRA,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ444P,
  AV_PIX_FMT_YUYV422,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT470BG,
  AVCOL_SPC_RGB,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
} from "node-av/constants";
import type { AVColorSpace, AVPixelFormat } from "node-av/constants";
import { Frame, SoftwareScaleContext } from "node-av/lib";
import { createFieldTaker } from "./interlaced.ts";
import { ItemError } from "./item-reader.ts";
import type { Pixels } from "./jpeg-encoder.ts";
import { isTurned, isUpright, orient, type Orientation } from "./orientation.ts";
import type { Size } from "./picture-size.ts";
import { planeCompressor, type Planes } from "./plane-compressor.ts";
import { createWideScaler, isWide } from "./wide-colours.ts";

/** What rows are aligned to, for SIMD. */
const ALIGNED_BYTES = 64;
/** Rows of so many pixels need no padding, with 3 bytes a pixel as well as with 4: the encoder takes rows in whole pixels. */
const ALIGNED_PIXELS = 64;

/** What 4:2:0 planes are made from in one step. Others go by way of pixels, whatever they are. */
const PLANAR_SOURCES: ReadonlySet<AVPixelFormat> = new Set([
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AV_PIX_FMT_YUV444P,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ422P,
  AV_PIX_FMT_YUVJ444P,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_YUYV422,
]);
/** JPEG's own matrix, or none said. From another one swscale would go by way of pixels itself. */
const JPEG_MATRICES: ReadonlySet<AVColorSpace> = new Set([AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M]);

export type PictureScaler = {
  /** Throws ItemError if FFmpeg cannot convert the frame's pixel format. */
  readonly scale: (frame: Frame, size: Size, orientation: Orientation) => Pixels | Planes;
  readonly close: () => void;
};

type Form = "planes" | "bgr" | "bgrx";
/** `picture`: what lies in the frame's memory. */
type Target = Size & { readonly frame: Frame } & (
    | { readonly form: "planes"; readonly picture: Planes }
    | { readonly form: "bgr" | "bgrx"; readonly picture: Pixels }
  );

export function createPictureScaler(path: string): PictureScaler {
  const context = createContext();
  const fields = createFieldTaker();
  const wide = createWideScaler(createContext);
  let target: Target | null = null;

  const scale = (frame: Frame, size: Size, orientation: Orientation): Pixels | Planes => {
    const stored = isTurned(orientation) ? { width: size.height, height: size.width } : size;
    const form = chooseForm(frame, orientation);
    if (target?.form !== form || target.width !== stored.width || target.height !== stored.height) {
      target?.frame.free();
      target = allocate(stored, form);
    }
    if (form === "planes" && target.frame.colorSpace !== frame.colorSpace) target.frame.colorSpace = frame.colorSpace;
    const source = fields.take(frame);
    const result = isWide(source) ? wide.scale(target.frame, source) : context.scaleFrameSync(target.frame, source);
    if (result < 0)
      throw new ItemError(`${path}: its pixel format cannot be converted (${result}); convert it, to H.264 in yuv420p for instance`);
    if (target.form === "planes") fillUpToEven(target.picture);
    return target.form === "bgrx" ? turn(target.picture, size, orientation) : target.picture;
  };

  return {
    scale,
    close: () => {
      target?.frame.free();
      fields.close();
      wide.close();
      context.freeContext();
    },
  };
}

/** Without fixed sizes swscale takes size, format, colours and range from the frames, and follows their changes. */
function createContext(): SoftwareScaleContext {
  const context = new SoftwareScaleContext();
  context.allocContext();
  context.setOption("sws_flags", "area");
  context.setOption("threads", "1");
  return context;
}

/** Whether a picture keeps its own luma on the way to JPEG. */
export function staysInPlanes(
  { format, colorSpace }: { readonly format: number; readonly colorSpace: AVColorSpace },
  orientation: Orientation,
): boolean {
  const isPlanar = PLANAR_SOURCES.has(format as AVPixelFormat) && JPEG_MATRICES.has(colorSpace);
  return isPlanar && isUpright(orientation) && planeCompressor() !== null;
}

/** Three bytes a pixel are a tenth less work for scaler and encoder together than four, for the same JPEG; turning is quicker with four. */
function chooseForm(frame: Frame, orientation: Orientation): Form {
  if (staysInPlanes(frame, orientation)) return "planes";
  return isUpright(orientation) ? "bgr" : "bgrx";
}

function allocate({ width, height }: Size, form: Form): Target {
  const frame = new Frame();
  frame.alloc();
  frame.width = Math.ceil(width / ALIGNED_PIXELS) * ALIGNED_PIXELS;
  frame.height = height + (height % 2);
  frame.format = { planes: AV_PIX_FMT_YUV420P, bgr: AV_PIX_FMT_BGR24, bgrx: AV_PIX_FMT_BGRA }[form];
  frame.colorRange = AVCOL_RANGE_JPEG;
  if (form !== "planes") frame.colorSpace = AVCOL_SPC_RGB;
  if (frame.getBuffer(ALIGNED_BYTES) < 0) throw new Error(`no memory for a picture of ${width}×${height}`);
  const size = { width, height };
  const target: Target =
    form === "planes"
      ? { ...size, frame, form, picture: planesOf(frame, size) }
      : { ...size, frame, form, picture: pixelsOf(frame, size, form) };
  frame.width = width;
  frame.height = height;
  return target;
}

function planesOf(frame: Frame, size: Size): Planes {
  const [luma, blue, red] = frame.data ?? [];
  const [lumaStride, blueStride, redStride] = frame.linesize;
  if (!luma || !blue || !red || !lumaStride || !blueStride || !redStride) throw new Error("a scaled picture has no planes");
  return { ...size, planes: [luma, blue, red], strides: [lumaStride, blueStride, redStride] };
}

/** Where a side is odd, the encoder reads one more column or row of luma, so that each pixel of the other two has its four: the last one again. */
function fillUpToEven({ width, height, planes: [luma], strides: [stride] }: Planes): void {
  if (width % 2 === 1) for (let row = 0; row < height; row++) luma[row * stride + width] = luma[row * stride + width - 1] ?? 0;
  if (height % 2 === 1) luma.copyWithin(height * stride, (height - 1) * stride, height * stride);
}

function pixelsOf(frame: Frame, size: Size, form: "bgr" | "bgrx"): Pixels {
  const bytesPerPixel = form === "bgr" ? 3 : 4;
  const [bytes] = frame.data ?? [];
  const [stride] = frame.linesize;
  if (!bytes || !stride) throw new Error("a scaled picture has no pixels");
  return { ...size, bytes, bytesPerPixel, stridePixels: stride / bytesPerPixel };
}

function turn({ bytes, width, height, stridePixels }: Pixels, size: Size, orientation: Orientation): Pixels {
  const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, stridePixels * height);
  const shown = orient(pixels, width, height, stridePixels, orientation);
  return { ...size, bytes: Buffer.from(shown.buffer), bytesPerPixel: 4, stridePixels: size.width };
}
