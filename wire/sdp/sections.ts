/** Cuts the text of a session description into its session part and its media parts (RFC 8866, section 5), within bounds. */

import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";

/** A description travels in one SAP datagram, or in an answer of a few hundred bytes; ours has about 500 characters. */
const MAX_CHARACTERS = 16_384;
const MAX_LINES = 256;

export type SdpSection = {
  /** What follows `m=`; empty for the session part. */
  readonly media: string;
  readonly lines: readonly SdpLine[];
  readonly attributes: readonly SdpAttribute[];
};

export type SdpLine = { readonly type: string; readonly value: string };
export type SdpAttribute = { readonly name: string; readonly value: string };

/** Takes CRLF and, as section 5 asks of parsers, LF alone. */
export function cutIntoSections(text: string): Parsed<{ readonly session: SdpSection; readonly media: readonly SdpSection[] }> {
  if (text.length > MAX_CHARACTERS) return refused("SDP: over 16 KiB");
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines.length > MAX_LINES) return refused("SDP: over 256 lines");
  if (lines[0] !== "v=0") return refused("SDP: does not begin with v=0");

  const parts: { media: string; lines: SdpLine[]; attributes: SdpAttribute[] }[] = [{ media: "", lines: [], attributes: [] }];
  for (const line of lines) {
    const match = /^([a-z])=(.*)$/.exec(line);
    if (match === null) return refused("SDP: a line that is no letter, equals sign and value");
    const [, type = "", value = ""] = match;
    if (type === "m") parts.push({ media: value, lines: [], attributes: [] });
    else if (type === "a") parts.at(-1)?.attributes.push(cutAttribute(value));
    else parts.at(-1)?.lines.push({ type, value });
  }
  const [session, ...media] = parts;
  return session === undefined ? refused("SDP: empty") : accepted({ session, media });
}

/** The value of the first line of that type. */
export function firstValue(section: SdpSection, type: string): string | null {
  return section.lines.find((line) => line.type === type)?.value ?? null;
}

/** `name:value`, or a name alone. */
function cutAttribute(text: string): SdpAttribute {
  const colon = text.indexOf(":");
  return colon === -1 ? { name: text, value: "" } : { name: text.slice(0, colon), value: text.slice(colon + 1) };
}
