/** What RTP/JPEG carries of a JPEG file: its size, its tables, and its one scan. */

import type { JpegType } from "./main-header.ts";

export type JpegHeader = {
  readonly type: JpegType;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Luma and chroma quantization, 128 bytes in zigzag order. */
  readonly tables: Uint8Array;
  /** MCUs between two restart markers; 0 if the scan has none. */
  readonly restartInterval: number;
};

export type JpegPicture = JpegHeader & {
  /** Entropy-coded data, without the end-of-image marker. A view of the file. */
  readonly scan: Uint8Array;
};
