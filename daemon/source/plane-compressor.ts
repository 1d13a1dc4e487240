/**
 * Pictures in planes → JPEG, by the library that comes with `@julusian/jpeg-turbo`, through a foreign function interface: the package itself offers
 * packed pixels only. Without colours to convert on both sides, scaling and encoding take a third less (docs/decisions/cost.md).
 */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import jpegTurbo from "@julusian/jpeg-turbo";
import type * as Koffi from "koffi";
import type { Size } from "./picture-size.ts";

/** Luma, blue and red difference of 4:2:0, full range, by the matrix of ITU-R BT.601, as JFIF has it. */
export type Planes = Size & {
  readonly planes: readonly [Buffer, Buffer, Buffer];
  /** Bytes from row to row of each. */
  readonly strides: readonly [number, number, number];
};

/** Writes the JPEG file into `target`, which must have room for the worst (`bufferSize` of the package). Returns its length in bytes. */
export type PlaneCompressor = (picture: Planes, quality: number, target: Buffer) => number;

/** turbojpeg.h */
const TJSAMP_420 = 2;
const TJFLAG_NOREALLOC = 1024;

let loaded: PlaneCompressor | null | undefined;

/** Null where the library cannot be reached. Loaded once in a process. */
export function planeCompressor(): PlaneCompressor | null {
  if (loaded !== undefined) return loaded;
  try {
    loaded = load();
  } catch {
    loaded = null;
  }
  return loaded;
}

function load(): PlaneCompressor {
  const require = createRequire(import.meta.url);
  const koffi: typeof Koffi = require("koffi");
  const root = dirname(require.resolve("@julusian/jpeg-turbo/package.json"));
  const library = koffi.load(join(root, "prebuilds", `jpeg-turbo-${process.platform}-${process.arch}`, "libturbojpeg.so.0"));
  const initCompress: () => unknown = library.func("void *tjInitCompress()");
  const errorText: (handle: unknown) => string = library.func("const char *tjGetErrorStr2(void *)");
  type Compress = (
    handle: unknown,
    planes: Uint8Array,
    width: number,
    strides: Uint8Array,
    height: number,
    subsampling: number,
    jpeg: Uint8Array,
    jpegBytes: Uint8Array,
    quality: number,
    flags: number,
  ) => number;
  const compress: Compress = library.func(
    "int tjCompressFromYUVPlanes(void *, const void *, int, const void *, int, int, void *, void *, int, int)",
  );
  const handle = initCompress();
  if (handle === null) throw new Error("no memory for a JPEG encoder");

  /** Arrays of C: three addresses, three numbers, one address, one length. */
  const addresses = new BigUint64Array(3);
  const strides = new Int32Array(3);
  const target = new BigUint64Array(1);
  const length = new BigUint64Array(1);
  const bytesOf = ({ buffer }: { readonly buffer: ArrayBuffer }): Uint8Array => new Uint8Array(buffer);
  const [addressBytes, strideBytes, targetBytes, lengthBytes] = [bytesOf(addresses), bytesOf(strides), bytesOf(target), bytesOf(length)];

  return (picture, quality, into) => {
    picture.planes.forEach((plane, index) => {
      addresses[index] = koffi.address(plane);
      strides[index] = picture.strides[index] ?? 0;
    });
    const { width, height } = picture;
    // The library takes that for granted.
    if (into.length < jpegTurbo.bufferSize({ width, height, subsampling: jpegTurbo.SAMP_420 })) throw new Error("no room for a JPEG");
    target[0] = koffi.address(into);
    const flags = TJFLAG_NOREALLOC;
    const result = compress(handle, addressBytes, width, strideBytes, height, TJSAMP_420, targetBytes, lengthBytes, quality, flags);
    if (result !== 0) throw new Error(`a picture of ${width}×${height} cannot be encoded: ${errorText(handle)}`);
    return Number(length[0]);
  };
}
