/** The payload of one RTP/JPEG packet, read into its headers and its piece of the scan (RFC 2435, section 3.1). */

import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { FIRST_IN_BAND_Q, MAIN_HEADER_BYTES, PER_FRAME_Q, parseMainHeader } from "./main-header.ts";
import type { MainHeader } from "./main-header.ts";
import { parseQuantizationHeader } from "./quantization-header.ts";
import { RESTART_HEADER_BYTES, parseRestartHeader } from "./restart-header.ts";
import type { RestartHeader } from "./restart-header.ts";

export type JpegPayload = MainHeader & {
  /** Null for types 0 and 1. */
  readonly restart: RestartHeader | null;
  /** Luma and chroma, 128 bytes; null in later fragments, for Q below 128, and where a sender relies on earlier ones (never with Q 255). */
  readonly tables: Uint8Array | null;
  /** A view of the payload, never empty. */
  readonly scan: Uint8Array;
};

export function parseJpegPayload(payload: Uint8Array): Parsed<JpegPayload> {
  const main = parseMainHeader(payload);
  if (!main.ok) return main;
  let at = MAIN_HEADER_BYTES;

  let restart: RestartHeader | null = null;
  if (main.value.hasRestartHeader) {
    const parsed = parseRestartHeader(payload.subarray(at));
    if (!parsed.ok) return parsed;
    restart = parsed.value;
    at += RESTART_HEADER_BYTES;
  }

  let tables: Uint8Array | null = null;
  if (main.value.q >= FIRST_IN_BAND_Q && main.value.fragmentOffset === 0) {
    const parsed = parseQuantizationHeader(payload.subarray(at));
    if (!parsed.ok) return parsed;
    if (parsed.value.tables === null && main.value.q === PER_FRAME_Q) return refused("RTP/JPEG: Q 255 without tables");
    tables = parsed.value.tables;
    at += parsed.value.bytes;
  }

  if (payload.length <= at) return refused("RTP/JPEG: no scan data");
  return accepted({ ...main.value, restart, tables, scan: payload.subarray(at) });
}
