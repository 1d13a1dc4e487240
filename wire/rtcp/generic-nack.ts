/**
 * Generic NACK: which packets of a source are missing (RFC 4585, section 6.2.1). It travels alone in its datagram, without a report before it (RFC 5506).
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |V=2|P| FMT = 1 |   PT = 205    |  length in words, minus one   |
 *    |                   SSRC of the one who asks                    |
 *    |                   SSRC of the media source                    |
 *    |  sequence number of a packet  |   bits of the 16 after it     |  once or more
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { readU16, readU32, writeU16, writeU32 } from "../big-endian.ts";
import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { addU16, distanceU16 } from "../sequence.ts";
import { buildSection, parseSection } from "./header.ts";

/** Transport layer feedback (section 6.1), and which. */
const FEEDBACK = 205;
const GENERIC_NACK = 1;
const FIXED_BYTES = 8;
const ENTRY_BYTES = 4;
const BITS = 16;

export type GenericNack = {
  /** Of the one who asks. */
  readonly ssrc: number;
  readonly mediaSsrc: number;
  /** 16 bit each, in the order in which they were sent. Those behind one of them by up to 16 travel with it. */
  readonly sequences: readonly number[];
};

/** One datagram. */
export function buildGenericNack({ ssrc, mediaSsrc, sequences }: GenericNack): Uint8Array {
  const entries: { readonly first: number; bits: number }[] = [];
  for (const sequence of sequences) {
    const last = entries.at(-1);
    const behind = last === undefined ? 0 : distanceU16(sequence, last.first);
    if (last !== undefined && behind > 0 && behind <= BITS) last.bits |= 1 << (behind - 1);
    else entries.push({ first: sequence, bits: 0 });
  }
  const body = new Uint8Array(FIXED_BYTES + entries.length * ENTRY_BYTES);
  writeU32(body, 0, ssrc);
  writeU32(body, 4, mediaSsrc);
  for (const [index, { first, bits }] of entries.entries()) {
    writeU16(body, FIXED_BYTES + index * ENTRY_BYTES, first);
    writeU16(body, FIXED_BYTES + index * ENTRY_BYTES + 2, bits);
  }
  return buildSection(FEEDBACK, GENERIC_NACK, body);
}

/** `most`: of the packets that are named no more are looked at: a datagram has room for a quarter of a million, and anybody may send one. */
export function parseGenericNack(datagram: Uint8Array, most: number): Parsed<GenericNack> {
  const section = parseSection(datagram);
  if (!section.ok) return section;
  const { packetType, count, body, bytes } = section.value;
  if (packetType !== FEEDBACK || count !== GENERIC_NACK) return refused("RTCP: no generic NACK");
  if (bytes !== datagram.length) return refused("RTCP: something follows the generic NACK");
  if (body.length < FIXED_BYTES + ENTRY_BYTES || body.length % ENTRY_BYTES !== 0) return refused("RTCP: generic NACK cut off");
  const sequences: number[] = [];
  for (let at = FIXED_BYTES; at < body.length && sequences.length < most; at += ENTRY_BYTES) {
    const first = readU16(body, at);
    const bits = readU16(body, at + 2);
    sequences.push(first);
    for (let bit = 0; bit < BITS; bit++) if ((bits >> bit) & 1) sequences.push(addU16(first, bit + 1));
  }
  return accepted({ ssrc: readU32(body, 0), mediaSsrc: readU32(body, 4), sequences: sequences.slice(0, most) });
}
