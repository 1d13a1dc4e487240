/** Opens an entry and reads its blocks: checked before anything of it is believed. Synchronous, since it is read ahead of the stream. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { checksum } from "./entry-builder.ts";
import { type EntryFacts, type EntryIndex, type Indexed, indexLength, parseIndex, TRAILER_BYTES } from "./entry-index.ts";
import { HEAD_BYTES } from "../../../wire/matroska.ts";
import { codeOf } from "./trouble.ts";

/** So much is read at once where blocks follow each other: a quarter of a second of a film, in one call, into memory that stays. */
const READ_BYTES = 128 << 10;
/** A picture is at most 64 KiB by default, a run of sound a second: anything near this is no block of ours. */
const MOST_BLOCK_BYTES = 16 << 20;

export type StoredEntry = {
  readonly facts: EntryFacts;
  readonly index: EntryIndex;
  /** Throws DamagedEntryError. The bytes have a buffer of their own. */
  readonly read: (index: number) => Uint8Array;
  readonly close: () => void;
};

export type OpenedEntry =
  | { readonly kind: "open"; readonly entry: StoredEntry }
  /** There is none; or it is there, and is not what it should be. */
  | { readonly kind: "missing" | "damaged" }
  /** What it is, only the file system knows. */
  | { readonly kind: "unreadable"; readonly error: unknown };

/** A block is not what was written. */
export class DamagedEntryError extends Error {
  override readonly name = "DamagedEntryError";
}

/** `key`: the name that it has to have; null for any. */
export function openEntry(path: string, key: string | null): OpenedEntry {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return codeOf(error) === "ENOENT" ? { kind: "missing" } : { kind: "unreadable", error };
  }
  const index = readIndex(file);
  if (index === null || (key !== null && index.facts.key !== key)) {
    closeSync(file);
    return { kind: "damaged" };
  }
  return { kind: "open", entry: { facts: index.facts, index, read: createBlockReader(file, index), close: () => closeSync(file) } };
}

/** Null unless head, index and length are those of a complete entry. */
function readIndex(file: number): EntryIndex | null {
  try {
    const { size } = fstatSync(file);
    const trailer = readAt(file, size - TRAILER_BYTES, TRAILER_BYTES);
    const length = trailer === null ? null : indexLength(trailer);
    const bytes = length === null ? null : readAt(file, size - length, length);
    const index = bytes === null ? null : parseIndex(bytes);
    const head = readAt(file, 0, HEAD_BYTES);
    return index !== null && head !== null && checksum(head) === index.facts.headCrc ? index : null;
  } catch {
    return null;
  }
}

function createBlockReader(file: number, { at }: EntryIndex): (index: number) => Uint8Array {
  let memory = Buffer.alloc(READ_BYTES);
  let window: { readonly place: number; readonly bytes: Buffer } | null = null;

  const contains = ({ place, bytes }: Indexed): boolean =>
    window !== null && place >= window.place && place + bytes <= window.place + window.bytes.length;

  /** From this block on, as far as blocks follow in the file. */
  const load = (index: number, first: Indexed): void => {
    let end = first.place + first.bytes;
    for (let next = at(index + 1), step = 2; next !== null; next = at(index + step++)) {
      if (next.place < end || next.place + next.bytes - first.place > READ_BYTES) break;
      end = next.place + next.bytes;
    }
    const length = end - first.place;
    if (length > memory.length) memory = Buffer.alloc(length);
    const bytes = memory.subarray(0, length);
    // What lay there is gone in any case.
    window = null;
    if (!readInto(bytes, file, first.place)) throw new DamagedEntryError("it ends too early");
    window = { place: first.place, bytes };
  };

  return (index) => {
    const block = at(index);
    if (block === null || block.bytes > MOST_BLOCK_BYTES) throw new DamagedEntryError("it has no such block");
    if (block.kind === "sound" && block.bytes % 2 !== 0) throw new DamagedEntryError("it holds half a sample");
    if (!contains(block)) load(index, block);
    if (window === null) throw new DamagedEntryError("it cannot be read");
    const from = block.place - window.place;
    const payload = window.bytes.subarray(from, from + block.bytes);
    if (crc32(payload) !== block.crc) throw new DamagedEntryError("a block has another checksum");
    return new Uint8Array(payload);
  };
}

/** Null if there is less. */
function readAt(file: number, place: number, length: number): Buffer | null {
  if (place < 0) return null;
  const bytes = Buffer.allocUnsafeSlow(length);
  return readInto(bytes, file, place) ? bytes : null;
}

/** Fills `bytes`; false if there is less. */
function readInto(bytes: Buffer, file: number, place: number): boolean {
  let filled = 0;
  try {
    while (filled < bytes.length) {
      const count = readSync(file, bytes, filled, bytes.length - filled, place + filled);
      if (count === 0) return false;
      filled += count;
    }
  } catch {
    return false;
  }
  return true;
}
