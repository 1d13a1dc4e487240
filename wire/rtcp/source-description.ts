/**
 * Source descriptions (RFC 3550, section 6.5): of all that one can say about a source only the CNAME, by which players know that
 * picture and sound belong together. Other items are skipped.
 */

import { readU32, writeU32 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { MAX_COUNT, SOURCE_DESCRIPTION, buildSection } from "./header.ts";
import type { RtcpSection } from "./header.ts";

const CNAME = 1;
/** One byte of length. */
const MAX_TEXT_BYTES = 255;

export type SourceDescription = {
  readonly kind: "source-description";
  /** At most 31; more are left out when built. */
  readonly chunks: readonly DescriptionChunk[];
};

export type DescriptionChunk = {
  readonly ssrc: number;
  /** At most 255 bytes of UTF-8, cut at that when built. From the network it may hold any character; null if there was none. */
  readonly cname: string | null;
};

export function buildSourceDescription({ chunks }: SourceDescription): Uint8Array {
  const built = chunks.slice(0, MAX_COUNT).map(buildChunk);
  const body = new Uint8Array(built.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of built) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return buildSection(SOURCE_DESCRIPTION, built.length, body);
}

/** The items end with at least one zero byte, and on a word. */
function buildChunk({ ssrc, cname }: DescriptionChunk): Uint8Array {
  const text = new Uint8Array(MAX_TEXT_BYTES);
  const textBytes = new TextEncoder().encodeInto(cname ?? "", text).written;
  const itemBytes = cname === null ? 0 : 2 + textBytes;
  const chunk = new Uint8Array(4 * Math.ceil((4 + itemBytes + 1) / 4));
  writeU32(chunk, 0, ssrc);
  if (cname !== null) {
    chunk[4] = CNAME;
    chunk[5] = textBytes;
    chunk.set(text.subarray(0, textBytes), 6);
  }
  return chunk;
}

export function parseSourceDescription({ body, count }: RtcpSection): Parsed<SourceDescription> {
  const chunks: DescriptionChunk[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 4 > body.length) return refused("RTCP: source description cut off");
    const items = readItems(body, at + 4);
    if (items === null) return refused("RTCP: source description cut off");
    chunks.push({ ssrc: readU32(body, at), cname: items.cname });
    at = items.end;
  }
  return accepted({ kind: "source-description", chunks });
}

/** Null if they do not end inside the body. */
function readItems(body: Uint8Array, start: number): { readonly cname: string | null; readonly end: number } | null {
  let cname: string | null = null;
  let at = start;
  while (at < body.length) {
    if (body[at] === 0) return { cname, end: 4 * (Math.floor(at / 4) + 1) };
    const textStart = at + 2;
    const textEnd = textStart + (body[at + 1] ?? 0);
    if (textEnd > body.length) return null;
    if (body[at] === CNAME) cname = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(textStart, textEnd));
    at = textEnd;
  }
  return null;
}
