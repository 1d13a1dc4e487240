/**
 * The cache as the daemon itself reads it: films whose entries are whole, opened and read by the system's threads, so that nobody waits for a disk.
 * What is wrong with an entry is no matter of ours: a source process is started then, which finds the same, says so and makes it anew.
 */

import { access, constants, open, utimes } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { HEAD_BYTES } from "../../../wire/matroska.ts";
import type { SourceFormat } from "../messages.ts";
import { BlockWindow } from "./block-window.ts";
import { entryPath } from "./directory.ts";
import { type EntryIndex, indexLength, parseIndex, TRAILER_BYTES } from "./entry-index.ts";
import { entryKey, identifyFilmAhead } from "./entry-key.ts";
import { isHeadOf, type StoredEntry } from "./stored-entry.ts";

export type EntryAhead = StoredEntry & {
  /** Null if the block can be read at once; else resolves when it can. */
  readonly comes: (index: number) => Promise<void> | null;
};

/** Whether there is an entry for each of these films, by its name. */
export async function areKept(paths: readonly string[], format: SourceFormat, dir: string): Promise<boolean> {
  for (const path of new Set(paths)) {
    const entry = await entryPathOf(path, format, dir);
    if (entry === null || !(await isReadable(entry))) return false;
  }
  return true;
}

/** Null where there is none that is whole. */
export async function openEntryAhead(path: string, format: SourceFormat, dir: string): Promise<EntryAhead | null> {
  const entry = await entryPathOf(path, format, dir);
  if (entry === null) return null;
  let file: FileHandle | null = null;
  try {
    file = await open(entry, "r");
    const index = await readIndex(file);
    if (index !== null && entryPath(dir, index.facts.key) === entry) {
      touch(entry);
      return readAhead(file, index);
    }
  } catch {
    // As one that is not there.
  }
  await file?.close();
  return null;
}

async function entryPathOf(path: string, format: SourceFormat, dir: string): Promise<string | null> {
  const identity = await identifyFilmAhead(path);
  return identity === null ? null : entryPath(dir, entryKey(identity, format));
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** It has been used now. In a directory that cannot be written to it keeps its age. */
function touch(entry: string): void {
  const now = new Date();
  utimes(entry, now, now).catch(() => {});
}

/** Null unless head, index and length are those of a complete entry. */
async function readIndex(file: FileHandle): Promise<EntryIndex | null> {
  const { size } = await file.stat();
  const trailer = await readAt(file, size - TRAILER_BYTES, TRAILER_BYTES);
  const length = trailer === null ? null : indexLength(trailer);
  const bytes = length === null ? null : await readAt(file, size - length, length);
  const index = bytes === null ? null : parseIndex(bytes);
  const head = await readAt(file, 0, HEAD_BYTES);
  return index !== null && head !== null && isHeadOf(head, index) ? index : null;
}

function readAhead(file: FileHandle, index: EntryIndex): EntryAhead {
  const window = new BlockWindow(index);
  let coming: Promise<void> | null = null;
  /** For this block nothing more is read: to take it is to be told what is wrong. */
  let refused: number | null = null;

  const read = async (number: number): Promise<void> => {
    const stretch = window.begin(number);
    try {
      if (await readInto(file, stretch.bytes, stretch.place)) window.hold(stretch);
      else refused = number;
    } catch {
      refused = number;
    }
    coming = null;
  };
  return {
    facts: index.facts,
    index,
    read: (number) => window.take(number),
    comes: (number) => coming ?? (window.holds(number) || number === refused ? null : (coming = read(number))),
    close: () => void file.close().catch(() => {}),
  };
}

/** Null if there is less. */
async function readAt(file: FileHandle, place: number, length: number): Promise<Buffer | null> {
  if (place < 0) return null;
  const bytes = Buffer.allocUnsafeSlow(length);
  return (await readInto(file, bytes, place)) ? bytes : null;
}

/** Fills `bytes`; false if there is less. */
async function readInto(file: FileHandle, bytes: Buffer, place: number): Promise<boolean> {
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, place + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
}
