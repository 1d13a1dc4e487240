/** Opens an entry and reads its blocks: checked before anything of it is believed. Synchronous, since a source reads it ahead of the stream. */

import { closeSync, fstatSync, openSync } from "node:fs";
import type { Stats } from "node:fs";
import { checksum } from "./entry-builder.ts";
import { BlockWindow } from "./block-window.ts";
import { type EntryFacts, type EntryIndex, indexLength, parseIndex, TRAILER_BYTES } from "./entry-index.ts";
import { fillNow, readNow, type Reads } from "./file-reads.ts";
import { HEAD_BYTES } from "../../../wire/matroska.ts";
import { codeOf } from "./trouble.ts";

export type StoredEntry = {
  readonly facts: EntryFacts;
  readonly index: EntryIndex;
  /** Throws DamagedEntryError. The bytes have a buffer of their own. */
  readonly read: (index: number) => Uint8Array;
  /** Null if the block can be read at once, as it always can where there is no such thing; else resolves when it can. */
  readonly comes?: (index: number) => Promise<void> | null;
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
  const index = indexOf(file);
  if (index === null || (key !== null && index.facts.key !== key)) {
    closeSync(file);
    return { kind: "damaged" };
  }
  return { kind: "open", entry: { facts: index.facts, index, read: createBlockReader(file, index), close: () => closeSync(file) } };
}

/** Null unless head, index and length are those of a complete entry. */
export function* readIndex({ size }: Stats): Reads<EntryIndex | null> {
  const trailer = yield* piece(size - TRAILER_BYTES, TRAILER_BYTES);
  const length = trailer === null ? null : indexLength(trailer);
  const bytes = length === null ? null : yield* piece(size - length, length);
  const index = bytes === null ? null : parseIndex(bytes);
  const head = yield* piece(0, HEAD_BYTES);
  return index !== null && head !== null && checksum(head) === index.facts.headCrc ? index : null;
}

/** Null if there is less. */
function* piece(place: number, length: number): Reads<Buffer | null> {
  if (place < 0) return null;
  const bytes = Buffer.allocUnsafeSlow(length);
  return (yield { place, bytes }) === length ? bytes : null;
}

/** Null as well where it cannot be read. */
function indexOf(file: number): EntryIndex | null {
  try {
    return readNow(file, readIndex(fstatSync(file)));
  } catch {
    return null;
  }
}

function createBlockReader(file: number, index: EntryIndex): StoredEntry["read"] {
  const window = new BlockWindow(index);
  const fill = (number: number): void => {
    const stretch = window.begin(number);
    try {
      window.end(stretch, fillNow(file, stretch));
    } catch {
      // As one that is cut off.
    }
  };
  return (number) => {
    if (!window.holds(number)) fill(number);
    return window.take(number);
  };
}
