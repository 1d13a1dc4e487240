import jpegTurbo from "@julusian/jpeg-turbo";
import { hex, join } from "./bytes.ts";
import type { BadCase } from "./bytes.ts";

export type Sampling = "4:2:0" | "4:2:2" | "4:4:4" | "grey";
const SAMPLINGS = {
  "4:2:0": jpegTurbo.SAMP_420,
  "4:2:2": jpegTurbo.SAMP_422,
  "4:4:4": jpegTurbo.SAMP_444,
  grey: jpegTurbo.SAMP_GRAY,
};

/** A picture with soft and hard edges in every colour, the same for the same size. */
export function encodePicture(width: number, height: number, quality: number, sampling: Sampling = "4:2:0"): Uint8Array {
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      rgb[at] = (x * 255) / width;
      rgb[at + 1] = 128 + 127 * Math.sin((x * x + y * y) / 900);
      rgb[at + 2] = ((x >> 4) + (y >> 4)) % 2 === 0 ? 230 : 20;
    }
  }
  const options = {
    format: jpegTurbo.FORMAT_RGB,
    width,
    height,
    quality,
    subsampling: SAMPLINGS[sampling],
  };
  return Uint8Array.from(jpegTurbo.compressSync(rgb, options));
}

export type DecodedPicture = {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
};

export function decodePicture(file: Uint8Array): DecodedPicture {
  const { width, height, data } = jpegTurbo.decompressSync(Buffer.from(file), {
    format: jpegTurbo.FORMAT_RGB,
  });
  return { width, height, rgb: data.subarray(0, 3 * width * height) };
}

/** Where a segment's marker lies; of several of a kind the first. */
export function segmentAt(file: Uint8Array, marker: number): number {
  let at = 2;
  while (file[at + 1] !== marker) at += 2 + ((file[at + 2] ?? 0) << 8) + (file[at + 3] ?? 0);
  return at;
}

const SOF0 = 0xc0;
const DHT = 0xc4;
const SOS = 0xda;
const DQT = 0xdb;
const good = encodePicture(48, 32, 80);

/** The good file with bytes written over it, `offset` bytes after the marker of a segment. */
function patched(marker: number, offset: number, ...bytes: readonly number[]): Uint8Array {
  const file = Uint8Array.from(good);
  file.set(bytes, segmentAt(file, marker) + offset);
  return file;
}

/** With a segment put in before another. */
function withSegment(before: number, segment: Uint8Array): Uint8Array {
  const at = segmentAt(good, before);
  return join(good.subarray(0, at), segment, good.subarray(at));
}

/** Without the first segment of a kind. */
function without(marker: number): Uint8Array {
  const at = segmentAt(good, marker);
  return join(good.subarray(0, at), good.subarray(at + 2 + ((good[at + 2] ?? 0) << 8) + (good[at + 3] ?? 0)));
}

function withoutAll(marker: number, count: number): Uint8Array {
  let file = good;
  for (let round = 0; round < count; round++) {
    const at = segmentAt(file, marker);
    file = join(file.subarray(0, at), file.subarray(at + 2 + ((file[at + 2] ?? 0) << 8) + (file[at + 3] ?? 0)));
  }
  return file;
}

/** With bytes put in ten bytes after the scan's beginning. */
function inScan(...bytes: readonly number[]): Uint8Array {
  const at = segmentAt(good, SOS) + 24;
  return join(good.subarray(0, at), Uint8Array.from(bytes), good.subarray(at));
}

export const jpegFileCases: readonly {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly type: 0 | 1;
  readonly q: number;
  readonly restartInterval: number;
}[] = [
  {
    title: "4:2:0 at quality 80",
    bytes: good,
    width: 48,
    height: 32,
    type: 1,
    q: 80,
    restartInterval: 0,
  },
  {
    title: "4:2:2 at quality 35",
    bytes: encodePicture(48, 32, 35, "4:2:2"),
    width: 48,
    height: 32,
    type: 0,
    q: 35,
    restartInterval: 0,
  },
  {
    title: "quality 100, which has no Q",
    bytes: encodePicture(48, 32, 100),
    width: 48,
    height: 32,
    type: 1,
    q: 255,
    restartInterval: 0,
  },
  {
    title: "odd sides",
    bytes: encodePicture(51, 33, 80),
    width: 51,
    height: 33,
    type: 1,
    q: 80,
    restartInterval: 0,
  },
  {
    title: "1×1",
    bytes: encodePicture(1, 1, 80),
    width: 1,
    height: 1,
    type: 1,
    q: 80,
    restartInterval: 0,
  },
  {
    title: "the longest side",
    bytes: encodePicture(2040, 16, 80),
    width: 2040,
    height: 16,
    type: 1,
    q: 80,
    restartInterval: 0,
  },
  {
    title: "no Huffman tables, as cameras send it",
    bytes: withoutAll(DHT, 4),
    width: 48,
    height: 32,
    type: 1,
    q: 80,
    restartInterval: 0,
  },
  {
    title: "comments and padding",
    bytes: join(withSegment(DQT, hex("ff ff fffe 0004 6869")), hex("0000")),
    width: 48,
    height: 32,
    type: 1,
    q: 80,
    restartInterval: 0,
  },
  {
    title: "a restart interval longer than the picture",
    bytes: withSegment(SOS, hex("ffdd 0004 0020")),
    width: 48,
    height: 32,
    type: 1,
    q: 80,
    restartInterval: 32,
  },
];

export const badJpegFileCases: readonly BadCase[] = [
  { title: "nothing", bytes: hex(""), reason: "JPEG: no start-of-image marker" },
  {
    title: "text",
    bytes: Uint8Array.from(Buffer.from("not a picture")),
    reason: "JPEG: no start-of-image marker",
  },
  { title: "a beginning alone", bytes: hex("ffd8"), reason: "JPEG: no scan" },
  {
    title: "an end right after the beginning",
    bytes: hex("ffd8 ffd9 0000"),
    reason: "JPEG: a marker where none may be",
  },
  {
    title: "no marker where one is due",
    bytes: hex("ffd8 00112233"),
    reason: "JPEG: no marker where one is due",
  },
  {
    title: "a file cut off in its header",
    bytes: good.subarray(0, 100),
    reason: "JPEG: cut off in a segment",
  },
  {
    title: "a file cut off in its scan",
    bytes: good.subarray(0, -20),
    reason: "JPEG: no end-of-image marker",
  },
  {
    title: "a segment shorter than its length",
    bytes: withSegment(DQT, hex("fffe 0001")),
    reason: "JPEG: cut off in a segment",
  },
  { title: "progressive", bytes: patched(SOF0, 1, 0xc2), reason: "JPEG: progressive" },
  { title: "extended sequential", bytes: patched(SOF0, 1, 0xc1), reason: "JPEG: not baseline" },
  { title: "arithmetic coding", bytes: patched(SOF0, 1, 0xc9), reason: "JPEG: not baseline" },
  { title: "12 bits a sample", bytes: patched(SOF0, 4, 12), reason: "JPEG: not 8 bits a sample" },
  { title: "height 0", bytes: patched(SOF0, 5, 0, 0), reason: "JPEG: width or height 0" },
  {
    title: "a side of 2,041",
    bytes: patched(SOF0, 5, 7, 249),
    reason: "JPEG: a side over 2,040 pixels",
  },
  {
    title: "a picture 2,048 wide",
    bytes: encodePicture(2048, 16, 80),
    reason: "JPEG: a side over 2,040 pixels",
  },
  {
    title: "grey",
    bytes: encodePicture(48, 32, 80, "grey"),
    reason: "JPEG: grey, without colour components",
  },
  { title: "four components", bytes: patched(SOF0, 9, 4), reason: "JPEG: not three components" },
  {
    title: "4:4:4",
    bytes: encodePicture(48, 32, 80, "4:4:4"),
    reason: "JPEG: chroma sampled neither 4:2:0 nor 4:2:2",
  },
  {
    title: "chroma that is not 1×1",
    bytes: patched(SOF0, 14, 0x12),
    reason: "JPEG: chroma sampled neither 4:2:0 nor 4:2:2",
  },
  {
    title: "a table for each chroma component",
    bytes: patched(SOF0, 18, 2),
    reason: "JPEG: three quantization tables",
  },
  {
    title: "two frame headers",
    bytes: withSegment(DHT, good.subarray(segmentAt(good, SOF0), segmentAt(good, SOF0) + 19)),
    reason: "JPEG: several frame headers",
  },
  {
    title: "no frame header",
    bytes: without(SOF0),
    reason: "JPEG: no frame header before the scan",
  },
  {
    title: "no quantization table",
    bytes: without(DQT),
    reason: "JPEG: a quantization table is missing",
  },
  {
    title: "16-bit tables",
    bytes: patched(DQT, 4, 0x10),
    reason: "JPEG: 16-bit quantization tables",
  },
  {
    title: "a fifth table",
    bytes: patched(DQT, 4, 0x04),
    reason: "JPEG: malformed quantization table segment",
  },
  { title: "a step of 0", bytes: patched(DQT, 5, 0), reason: "JPEG: a quantization step of 0" },
  {
    title: "half a table",
    bytes: withSegment(DQT, hex("ffdb 0010 000102030405060708090a0b0c0d")),
    reason: "JPEG: malformed quantization table segment",
  },
  {
    title: "optimised Huffman tables",
    bytes: patched(DHT, 22, 7),
    reason: "JPEG: Huffman tables other than the standard ones",
  },
  {
    title: "a Huffman table of more values than there are",
    bytes: patched(DHT, 5, 0xff),
    reason: "JPEG: malformed Huffman table segment",
  },
  {
    title: "a Huffman table of no class",
    bytes: patched(DHT, 4, 0x20),
    reason: "JPEG: malformed Huffman table segment",
  },
  {
    title: "luma coded by chroma's tables",
    bytes: patched(SOS, 6, 0x11),
    reason: "JPEG: Huffman tables other than the standard ones",
  },
  { title: "a scan of one component", bytes: patched(SOS, 4, 1), reason: "JPEG: several scans" },
  {
    title: "a scan of other components",
    bytes: patched(SOS, 5, 9),
    reason: "JPEG: the scan's components differ from the frame's",
  },
  {
    title: "a part of the coefficients",
    bytes: patched(SOS, 12, 5),
    reason: "JPEG: not a baseline scan",
  },
  { title: "a second scan", bytes: inScan(0xff, 0xda), reason: "JPEG: several scans" },
  {
    title: "an empty scan",
    bytes: join(good.subarray(0, segmentAt(good, SOS) + 14), hex("ffd9")),
    reason: "JPEG: an empty scan",
  },
  {
    title: "restart markers without an interval",
    bytes: inScan(0xff, 0xd0),
    reason: "JPEG: restart markers without an interval",
  },
  {
    title: "Adobe's RGB",
    bytes: withSegment(DQT, hex("ffee 000e 41646f6265 0064 0000 0000 00")),
    reason: "JPEG: RGB instead of YCbCr",
  },
  {
    title: "a height that is told later",
    bytes: withSegment(DQT, hex("ffdc 0004 0020")),
    reason: "JPEG: a segment that baseline pictures do not have",
  },
];
