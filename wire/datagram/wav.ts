/**
 * A piece of sound as one datagram: a whole WAV file (RIFF, PCM, signed 16 bit little-endian) with its stamp in a chunk of our own, `strm`,
 * before the samples. Readers pass over chunks that they do not know.
 */

import { accepted, refused } from "../parsed.ts";
import type { Parsed } from "../parsed.ts";
import { STAMP_BYTES, parseStamp, writeStamp } from "./stamp.ts";
import type { DatagramStamp } from "./stamp.ts";

export type SoundDatagram = {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Interleaved signed 16 bit, little-endian: a view of the datagram. */
  readonly pcm: Uint8Array;
  /** Null where there is none of ours: the file of a stranger. */
  readonly stamp: DatagramStamp | null;
};

const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
const PCM_FORMAT = 1;
/** All that is before the samples. */
export const WAV_HEADER_BYTES = 12 + CHUNK_HEADER_BYTES + FORMAT_BYTES + CHUNK_HEADER_BYTES + STAMP_BYTES + CHUNK_HEADER_BYTES;

/** Writes everything before the samples, which are to fill the rest of `datagram`. */
export function writeWavHeader(
  datagram: Uint8Array,
  { sampleRateHz, channels }: { readonly sampleRateHz: number; readonly channels: number },
  stamp: DatagramStamp,
): void {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  writeTag(datagram, 0, "RIFF");
  view.setUint32(4, datagram.length - CHUNK_HEADER_BYTES, true);
  writeTag(datagram, 8, "WAVE");
  writeTag(datagram, 12, "fmt ");
  view.setUint32(16, FORMAT_BYTES, true);
  view.setUint16(20, PCM_FORMAT, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  writeTag(datagram, 36, "strm");
  view.setUint32(40, STAMP_BYTES, true);
  writeStamp(datagram, 44, stamp);
  writeTag(datagram, 68, "data");
  view.setUint32(72, datagram.length - WAV_HEADER_BYTES, true);
}

export function parseSoundDatagram(datagram: Uint8Array): Parsed<SoundDatagram> {
  if (datagram.length < 12 || tagAt(datagram, 0) !== "RIFF" || tagAt(datagram, 8) !== "WAVE") return refused("datagram: no WAV");
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  let form: { readonly sampleRateHz: number; readonly channels: number } | null = null;
  let stamp: DatagramStamp | null = null;
  for (let at = 12; at + CHUNK_HEADER_BYTES <= datagram.length;) {
    const tag = tagAt(datagram, at);
    const length = view.getUint32(at + 4, true);
    const start = at + CHUNK_HEADER_BYTES;
    if (start + length > datagram.length) return refused("datagram: WAV cut off");
    if (tag === "fmt ") {
      if (length < FORMAT_BYTES || view.getUint16(start, true) !== PCM_FORMAT || view.getUint16(start + 14, true) !== 16)
        return refused("datagram: WAV is not PCM of 16 bit");
      form = { channels: view.getUint16(start + 2, true), sampleRateHz: view.getUint32(start + 4, true) };
    } else if (tag === "strm") stamp = parseStamp(datagram.subarray(start, start + length));
    else if (tag === "data") {
      if (form === null || form.channels === 0 || form.sampleRateHz === 0) return refused("datagram: WAV without a format");
      return accepted({ ...form, pcm: datagram.subarray(start, start + length), stamp });
    }
    // Chunks begin at even places.
    at = start + length + (length % 2);
  }
  return refused("datagram: WAV without samples");
}

function writeTag(target: Uint8Array, offset: number, tag: string): void {
  for (let index = 0; index < 4; index++) target[offset + index] = tag.charCodeAt(index);
}

function tagAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
