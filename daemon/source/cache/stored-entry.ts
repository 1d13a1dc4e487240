/** Opens an entry and reads its blocks: checked before anything of it is believed. Synchronous, since a source reads it ahead of the stream. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { checksum } from "./entry-builder.ts";
import { BlockWindow } from "./block-window.ts";
import { type EntryFacts, type EntryIndex, indexLength, parseIndex, TRAILER_BYTES } from "./entry-index.ts";
import { HEAD_BYTES } from "../../../wire/matroska.ts";
import { codeOf } from "./trouble.ts";

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
    return index !== null && head !== null && isHeadOf(head, index) ? index : null;
  } catch {
    return null;
  }
}

/** The beginning of the file is the one that its index tells of. */
export function isHeadOf(head: Uint8Array, { facts }: EntryIndex): boolean {
  return checksum(head) === facts.headCrc;
}

function createBlockReader(file: number, index: EntryIndex): StoredEntry["read"] {
  const window = new BlockWindow(index);
  return (at) => {
    if (!window.holds(at)) window.fill(at, (bytes, place) => readInto(bytes, file, place));
    return window.take(at);
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
