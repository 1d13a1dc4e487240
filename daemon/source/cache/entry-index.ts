/**
 * The index of an entry: what stands where in it, with exact times and a checksum of each block. Bytes ↔ values, pure.
 * `JSON | records of 36 bytes | u32 length of the JSON | u32 count of records | u32 CRC of all before | 8 bytes of magic`, little-endian.
 */

import { crc32 } from "node:zlib";
import * as v from "valibot";
import { audioFacts, finite, natural, videoFacts } from "../track-facts.ts";

/** Another number for another meaning of the bytes: entries of other numbers are made anew. */
const INDEX_VERSION = 1;
const MAGIC = Buffer.from("strmIDX1", "latin1");
const RECORD_BYTES = 36;
export const TRAILER_BYTES = 20;
/** 11 hours of film at 25 FPS with sound: 75 MB of index, which a reader holds in memory. Longer films are not kept. */
export const MAX_RECORDS = 2 ** 21;
const MAX_JSON_BYTES = 1 << 20;

const KIND = { picture: 1, sound: 2 } as const;

const entryFacts = v.object({
  version: v.literal(INDEX_VERSION),
  /** The name of the file that holds it, without its extension. */
  key: v.string(),
  /** Base name of the film that it was made of. */
  name: v.string(),
  settings: v.object({
    width: natural,
    quality: natural,
    maxFrameBytes: natural,
    audio: v.nullable(v.object({ sampleRateHz: natural, channels: v.picklist([1, 2]) })),
  }),
  /** What the film took, picture and sound. */
  periodUs: v.pipe(finite, v.gtValue(0)),
  video: v.nullable(videoFacts),
  audio: v.nullable(audioFacts),
  /** As the reader of the film told them; an end of null was not known. */
  picture: v.nullable(v.object({ startUs: finite, expectedEndUs: v.nullable(finite) })),
  soundStartUs: v.nullable(finite),
  /** CRC of the file's head, in as many digits whatever it is. */
  headCrc: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
});

export type EntryFacts = v.InferOutput<typeof entryFacts>;

/** A block and where its payload lies. A picture of 0 bytes could not be made small enough and is not sent. */
export type Indexed = { readonly place: number; readonly bytes: number; readonly crc: number } & (
  | {
      readonly kind: "picture";
      readonly positionUs: number;
      readonly endUs: number;
      readonly quality: number;
      readonly width: number;
      readonly height: number;
    }
  /** `offset` sample frames after the start of its run. */
  | { readonly kind: "sound"; readonly runStartUs: number; readonly offset: number }
);

/** Collects records without an object for each. */
export class IndexBuilder {
  #records = Buffer.alloc(RECORD_BYTES * 1024);
  #count = 0;

  add(indexed: Indexed): void {
    const at = this.#count * RECORD_BYTES;
    if (at === this.#records.length) this.#records = Buffer.concat([this.#records, Buffer.alloc(this.#records.length)]);
    const to = this.#records;
    const isPicture = indexed.kind === "picture";
    to.writeDoubleLE(isPicture ? indexed.positionUs : indexed.runStartUs, at);
    to.writeDoubleLE(isPicture ? indexed.endUs : indexed.offset, at + 8);
    to.writeUIntLE(indexed.place, at + 16, 6);
    to.writeUInt32LE(indexed.bytes, at + 22);
    to.writeUInt32LE(indexed.crc, at + 26);
    to.writeUInt8(KIND[indexed.kind], at + 30);
    to.writeUInt8(isPicture ? indexed.quality : 0, at + 31);
    to.writeUInt16LE(isPicture ? indexed.width : 0, at + 32);
    to.writeUInt16LE(isPicture ? indexed.height : 0, at + 34);
    this.#count++;
  }

  build(facts: EntryFacts): Uint8Array {
    const json = Buffer.from(JSON.stringify(facts));
    const body = Buffer.concat([json, this.#records.subarray(0, this.#count * RECORD_BYTES), Buffer.alloc(8)]);
    body.writeUInt32LE(json.length, body.length - 8);
    body.writeUInt32LE(this.#count, body.length - 4);
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32(body));
    return Buffer.concat([body, crc, MAGIC]);
  }

  get count(): number {
    return this.#count;
  }
}

/** How long the index is that ends with these bytes; null if they are no end of one. */
export function indexLength(trailer: Buffer): number | null {
  if (trailer.length < TRAILER_BYTES || !trailer.subarray(-MAGIC.length).equals(MAGIC)) return null;
  const at = trailer.length - TRAILER_BYTES;
  const [jsonBytes, count] = [trailer.readUInt32LE(at), trailer.readUInt32LE(at + 4)];
  return jsonBytes > MAX_JSON_BYTES || count > MAX_RECORDS ? null : jsonBytes + count * RECORD_BYTES + TRAILER_BYTES;
}

export type EntryIndex = {
  readonly facts: EntryFacts;
  readonly count: number;
  /** Null past the end. */
  readonly at: (index: number) => Indexed | null;
};

/** Null if the bytes are not, whole and unharmed, an index of this version. */
export function parseIndex(bytes: Buffer): EntryIndex | null {
  if (indexLength(bytes) !== bytes.length) return null;
  const crcAt = bytes.length - MAGIC.length - 4;
  if (crc32(bytes.subarray(0, crcAt)) !== bytes.readUInt32LE(crcAt)) return null;
  const jsonBytes = bytes.readUInt32LE(crcAt - 8);
  const count = bytes.readUInt32LE(crcAt - 4);
  const facts = v.safeParse(entryFacts, fromJson(bytes.toString("utf8", 0, jsonBytes)));
  if (!facts.success) return null;
  const records = bytes.subarray(jsonBytes, crcAt - 8);
  return { facts: facts.output, count, at: (index) => (index < count ? readRecord(records, index * RECORD_BYTES) : null) };
}

function readRecord(from: Buffer, at: number): Indexed {
  const [first, second] = [from.readDoubleLE(at), from.readDoubleLE(at + 8)];
  const block = { place: from.readUIntLE(at + 16, 6), bytes: from.readUInt32LE(at + 22), crc: from.readUInt32LE(at + 26) };
  if (from.readUInt8(at + 30) === KIND.sound) return { kind: "sound", ...block, runStartUs: first, offset: second };
  const [quality, width, height] = [from.readUInt8(at + 31), from.readUInt16LE(at + 32), from.readUInt16LE(at + 34)];
  return { kind: "picture", ...block, positionUs: first, endUs: second, quality, width, height };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
