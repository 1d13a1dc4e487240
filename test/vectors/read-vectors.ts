/** Packets captured from other programs: a `.hex` file holds one packet a line; lines that begin with `#` are comments. */

import { readFileSync } from "node:fs";

export type VectorName =
  | "ffmpeg-l16"
  | "ffmpeg-mjpeg"
  | "ffmpeg-rtcp"
  | "gstreamer-jpeg"
  | "gstreamer-l16"
  | "gstreamer-rtcp";

export function readVectors(name: VectorName): readonly Uint8Array[] {
  const lines = readFileSync(new URL(`${name}.hex`, import.meta.url), "utf8").split("\n");
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => Uint8Array.from(Buffer.from(line, "hex")));
}

/** Session descriptions are kept as they came. */
export function readSdpVector(name: "ffmpeg-multicast"): string {
  return readFileSync(new URL(`${name}.sdp`, import.meta.url), "utf8");
}
