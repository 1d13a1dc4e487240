/** From a decoded frame to the JPEG: in planes where the frame's colours are JPEG's own, by way of pixels where they are not; the same picture either way. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import jpegTurbo from "@julusian/jpeg-turbo";
import {
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  AVCOL_SPC_UNSPECIFIED,
} from "node-av/constants";
import type { AVColorRange, AVColorSpace } from "node-av/constants";
import { Frame } from "node-av/lib";
import { createJpegEncoder } from "../../daemon/source/jpeg-encoder.ts";
import { UPRIGHT } from "../../daemon/source/orientation.ts";
import { createPictureScaler } from "../../daemon/source/picture-scaler.ts";
import { planeCompressor } from "../../daemon/source/plane-compressor.ts";
import { parseJpegForTest } from "./jpeg-headers.ts";
import { STEREO } from "./run-source.ts";

const WIDTH = 320;
const HEIGHT = 240;

/** Luma rises from left to right, blue difference from top to bottom. */
function makeFrame(colorSpace: AVColorSpace, colorRange: AVColorRange): Frame {
  const frame = new Frame();
  frame.alloc();
  Object.assign(frame, { width: WIDTH, height: HEIGHT, format: AV_PIX_FMT_YUV420P, colorSpace, colorRange });
  assert.ok(frame.getBuffer() >= 0);
  const [luma, blue, red] = frame.data ?? [];
  const [lumaStride = 0, chromaStride = 0] = frame.linesize;
  assert.ok(luma && blue && red);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) luma[y * lumaStride + x] = 16 + Math.round((x * 219) / (WIDTH - 1));
  for (let y = 0; y < HEIGHT / 2; y++) {
    blue.fill(Math.round(64 + (y * 128) / (HEIGHT / 2)), y * chromaStride, y * chromaStride + WIDTH / 2);
    red.fill(128, y * chromaStride, y * chromaStride + WIDTH / 2);
  }
  return frame;
}

const scaler = createPictureScaler("a frame");
after(() => scaler.close());

function encode(frame: Frame, width: number, height: number): Uint8Array {
  const encoded = createJpegEncoder({ ...STEREO, width })({
    display: { width, height },
    render: (size) => scaler.scale(frame, size, UPRIGHT),
  });
  assert.ok(encoded !== null);
  return encoded.jpeg;
}

function decode(jpeg: Uint8Array): Buffer {
  return jpegTurbo.decompressSync(Buffer.from(jpeg), { format: jpegTurbo.FORMAT_RGB }).data;
}

test("planes are taken for colours by JPEG's matrix, and only for those", () => {
  assert.ok(planeCompressor() !== null, "the library of @julusian/jpeg-turbo can be reached");
  const formOf = (space: AVColorSpace) =>
    Object.keys(scaler.scale(makeFrame(space, AVCOL_RANGE_MPEG), { width: 100, height: 75 }, UPRIGHT));
  for (const space of [AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_SMPTE170M]) assert.ok(formOf(space).includes("planes"));
  assert.ok(formOf(AVCOL_SPC_BT709).includes("bytes"));
});

test("in planes a picture has the same tables, and the same colours to within a few levels", () => {
  for (const [width, height] of [
    [160, 120],
    [161, 121],
    [500, 281],
    [17, 3],
  ] as const) {
    const [planes, pixels] = [AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_BT709].map((space) =>
      encode(makeFrame(space, AVCOL_RANGE_MPEG), width, height),
    );
    assert.ok(planes && pixels);
    const [one, other] = [parseJpegForTest(planes), parseJpegForTest(pixels)];
    assert.deepEqual({ ...one, scan: null }, { ...other, scan: null });
    // The frames say different matrices: only luma, where blue is neutral, has to be the same. That is the middle row.
    const row = Math.floor(height / 2) * width * 3;
    const [shown, expected] = [decode(planes), decode(pixels)];
    for (let x = 0; x < width; x++) {
      const at = row + 3 * x + 1;
      assert.ok(Math.abs((shown[at] ?? 0) - (expected[at] ?? 0)) <= 12, `${width}×${height}, column ${x}: ${shown[at]}, ${expected[at]}`);
    }
  }
});

test("full range stays what it is", () => {
  const middle = (range: AVColorRange) => decode(encode(makeFrame(AVCOL_SPC_UNSPECIFIED, range), 160, 120))[(60 * 160 + 2) * 3 + 1] ?? 0;
  // Level 16 or 17 on the left edge: black in limited range, nearly black in full range.
  assert.ok(middle(AVCOL_RANGE_MPEG) <= 6);
  assert.ok(Math.abs(middle(AVCOL_RANGE_JPEG) - 19) <= 6);
});

test("what lies in memory beyond an odd width and height is not part of the picture", () => {
  const frame = makeFrame(AVCOL_SPC_UNSPECIFIED, AVCOL_RANGE_MPEG);
  for (const [width, height] of [
    [161, 121],
    [160, 121],
    [161, 120],
  ] as const) {
    const before = encode(frame, width, height);
    const picture = scaler.scale(frame, { width, height }, UPRIGHT);
    assert.ok("planes" in picture);
    for (const plane of picture.planes) plane.fill(255);
    // The encoder that is asked next scales into the same memory.
    assert.deepEqual(encode(frame, width, height), before);
  }
});

test("a picture that the library refuses is an error that says which", () => {
  const compress = planeCompressor();
  const plane = Buffer.alloc(64 * 64);
  const picture = { width: 64, height: 64, planes: [plane, plane, plane], strides: [64, 32, 32] } as const;
  assert.throws(() => compress?.(picture, 80, Buffer.alloc(10)), /no room/);
  assert.throws(() => compress?.(picture, 101, Buffer.alloc(1 << 16)), /a picture of 64×64 cannot be encoded: /);
});
