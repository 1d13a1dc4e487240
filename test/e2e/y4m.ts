/** Reads the luma of YUV4MPEG2 files, which both ffmpeg and GStreamer write: a line of parameters, then each picture with a line of its own. */

import { readFileSync } from "node:fs";

export type LumaFilm = {
  readonly width: number;
  readonly height: number;
  /** Row by row, one byte a pixel. */
  readonly pictures: readonly Uint8Array[];
};

const NEWLINE = 0x0a;

/** Each picture is cropped to `size`, at the top left, where it is larger. A picture cut off at the end is left out. Throws if it is no such file. */
export function readY4m(file: string, size?: { readonly width: number; readonly height: number }): LumaFilm {
  const bytes = readFileSync(file);
  const headerEnd = bytes.indexOf(NEWLINE);
  const header = bytes.toString("latin1", 0, Math.max(0, headerEnd));
  const codedWidth = numberAfter(header, "W");
  const codedHeight = numberAfter(header, "H");
  const format = / C(\S+)/.exec(header)?.[1] ?? "420";
  if (!header.startsWith("YUV4MPEG2 ") || codedWidth === null || codedHeight === null) throw new Error(`${file}: not a YUV4MPEG2 file`);
  const lumaBytes = codedWidth * codedHeight;
  const pictureBytes = lumaBytes + chromaBytes(format, codedWidth, codedHeight);
  const width = Math.min(size?.width ?? codedWidth, codedWidth);
  const height = Math.min(size?.height ?? codedHeight, codedHeight);

  const pictures: Uint8Array[] = [];
  for (let at = headerEnd + 1; ;) {
    const lineEnd = bytes.indexOf(NEWLINE, at);
    if (lineEnd < 0 || lineEnd + 1 + pictureBytes > bytes.length) break;
    pictures.push(crop(bytes.subarray(lineEnd + 1, lineEnd + 1 + lumaBytes), codedWidth, width, height));
    at = lineEnd + 1 + pictureBytes;
  }
  return { width, height, pictures };
}

function numberAfter(header: string, letter: string): number | null {
  const digits = new RegExp(` ${letter}(\\d+)`).exec(header)?.[1];
  return digits === undefined ? null : Number(digits);
}

function chromaBytes(format: string, width: number, height: number): number {
  const halfWidth = Math.ceil(width / 2);
  if (format.startsWith("mono")) return 0;
  if (format.startsWith("420")) return 2 * halfWidth * Math.ceil(height / 2);
  if (format.startsWith("422")) return 2 * halfWidth * height;
  if (format.startsWith("444")) return 2 * width * height;
  throw new Error(`YUV4MPEG2: pixel format ${format} is not read here`);
}

function crop(luma: Uint8Array, codedWidth: number, width: number, height: number): Uint8Array {
  if (width === codedWidth && luma.length === width * height) return luma;
  const cropped = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) cropped.set(luma.subarray(row * codedWidth, row * codedWidth + width), row * width);
  return cropped;
}
