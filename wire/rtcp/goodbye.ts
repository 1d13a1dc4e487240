/** BYE: the sources that leave (RFC 3550, section 6.6). */

import { readU32, writeU32 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { GOODBYE, MAX_COUNT, buildSection } from "./header.ts";
import type { RtcpSection } from "./header.ts";

const MAX_REASON_BYTES = 255;

export type Goodbye = {
  readonly kind: "goodbye";
  /** At most 31; more are left out when built. */
  readonly ssrcs: readonly number[];
  /** Text for people, at most 255 bytes of UTF-8, cut at that when built. From the network it may hold any character. */
  readonly reason: string | null;
};

export function buildGoodbye(goodbye: Goodbye): Uint8Array {
  const ssrcs = goodbye.ssrcs.slice(0, MAX_COUNT);
  const text = new Uint8Array(MAX_REASON_BYTES);
  const textBytes = new TextEncoder().encodeInto(goodbye.reason ?? "", text).written;
  const body = new Uint8Array(4 * ssrcs.length + (goodbye.reason === null ? 0 : 1 + textBytes));
  for (const [index, ssrc] of ssrcs.entries()) writeU32(body, 4 * index, ssrc);
  if (goodbye.reason !== null) {
    body[4 * ssrcs.length] = textBytes;
    body.set(text.subarray(0, textBytes), 4 * ssrcs.length + 1);
  }
  return buildSection(GOODBYE, ssrcs.length, body);
}

export function parseGoodbye({ body, count }: RtcpSection): Parsed<Goodbye> {
  const reasonStart = 4 * count;
  if (body.length < reasonStart) return refused("RTCP: BYE cut off");
  const ssrcs = Array.from({ length: count }, (_, index) => readU32(body, 4 * index));
  if (body.length === reasonStart) return accepted({ kind: "goodbye", ssrcs, reason: null });
  const textEnd = reasonStart + 1 + (body[reasonStart] ?? 0);
  if (textEnd > body.length) return refused("RTCP: BYE cut off");
  return accepted({
    kind: "goodbye",
    ssrcs,
    reason: new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(reasonStart + 1, textEnd)),
  });
}
