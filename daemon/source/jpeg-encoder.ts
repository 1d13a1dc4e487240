/** Pictures of pixels, or in planes, → baseline JPEG, 4:2:0, standard Huffman tables, never over `maxFrameBytes`. */

import jpegTurbo from "@julusian/jpeg-turbo";
import { climb, type FrameLimits, lower, type Settings } from "./frame-budget.ts";
import type { SourceFormat } from "./messages.ts";
import { type Size, sizeForWidth } from "./picture-size.ts";
import { planeCompressor, type Planes } from "./plane-compressor.ts";

/** Rows of blue, green and red, of 4 bytes with an unused one after them. */
export type Pixels = Size & { readonly bytes: Buffer; readonly bytesPerPixel: 3 | 4; readonly stridePixels: number };

/** A picture that can be had in any size. */
export type Picture = {
  /** The shape that a viewer should see, in pixels of the film. */
  readonly display: Size;
  /** Draws or scales it. The pixels are good until the next call. Planes only where `planeCompressor` has something to offer. */
  readonly render: (size: Size) => Pixels | Planes;
};

/**
 * `isReduced`: its quality is below the wanted one, for the sake of `maxFrameBytes`. A width below it comes only after the lowest quality.
 * `isOwn`: `jpeg` is alone in its buffer, and held by whoever is given the picture.
 */
export type EncodedPicture = Size & {
  readonly jpeg: Uint8Array;
  readonly quality: number;
  readonly isReduced: boolean;
  readonly isOwn?: boolean;
};

/** Encodes one picture; null if it cannot be made small enough. Throws if the picture cannot be rendered. */
export type JpegEncoder = (picture: Picture) => EncodedPicture | null;

export function createJpegEncoder(format: SourceFormat): JpegEncoder {
  let scratch = Buffer.alloc(0);
  let fittedFrames = 0;
  let wanted: FrameLimits | null = null;
  let current: Settings = format;

  const encodeAt = (picture: Picture, { width, quality }: Settings): EncodedPicture => {
    const rendered = picture.render(sizeForWidth(picture.display, width));
    const options = { width: rendered.width, height: rendered.height, subsampling: jpegTurbo.SAMP_420, quality };
    const mostBytes = jpegTurbo.bufferSize(options);
    if (scratch.length < mostBytes) scratch = Buffer.alloc(mostBytes);
    const bytes =
      "planes" in rendered
        ? compressPlanes(rendered, quality, scratch)
        : jpegTurbo.compressSync(rendered.bytes, scratch, {
            ...options,
            format: rendered.bytesPerPixel === 3 ? jpegTurbo.FORMAT_BGR : jpegTurbo.FORMAT_BGRX,
            stride: rendered.stridePixels,
          });
    return { jpeg: new Uint8Array(bytes), width: rendered.width, height: rendered.height, quality, isReduced: quality < format.quality };
  };

  return (picture) => {
    const { width } = sizeForWidth(picture.display, format.width);
    if (wanted?.width !== width) {
      // A film of another size: what was learnt on the former one says little.
      wanted = { width, quality: format.quality, maxFrameBytes: format.maxFrameBytes };
      current = wanted;
      fittedFrames = 0;
    }
    for (let next: Settings | null = current; next !== null;) {
      const encoded = encodeAt(picture, next);
      if (encoded.jpeg.length <= wanted.maxFrameBytes) {
        const climbed = climb({ settings: next, fittedFrames: next === current ? fittedFrames : 0 }, encoded.jpeg.length, wanted);
        current = climbed.settings;
        fittedFrames = climbed.fittedFrames;
        return encoded;
      }
      next = lower(next, encoded.jpeg.length, wanted);
    }
    return null;
  };
}

/** A view of `target`. */
function compressPlanes(planes: Planes, quality: number, target: Buffer): Buffer {
  const compress = planeCompressor();
  if (compress === null) throw new Error("a picture came in planes, and nothing here can encode them");
  return target.subarray(0, compress(planes, quality, target));
}
