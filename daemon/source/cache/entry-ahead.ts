/**
 * The cache as the daemon itself reads it: films whose entries are whole, opened and read by the system's threads, so that nobody waits for a disk.
 * What is wrong with an entry is no matter of ours: a source process is started then, which finds the same, says so and makes it anew.
 */

import { access, constants, open, utimes } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { SourceFormat } from "../messages.ts";
import { BlockWindow } from "./block-window.ts";
import { entryPath } from "./directory.ts";
import type { EntryIndex } from "./entry-index.ts";
import { entryKey, identifyFilmLater } from "./entry-key.ts";
import { fillLater, readLater } from "./file-reads.ts";
import { readIndex, type StoredEntry } from "./stored-entry.ts";

/** Whether there is an entry for each of these films, by its name. Each is looked at once. */
export async function areKept(paths: readonly string[], format: SourceFormat, dir: string): Promise<boolean> {
  for (const path of new Set(paths)) {
    const entry = await entryPathOf(path, format, dir);
    if (entry === null || !(await isReadable(entry))) return false;
  }
  return true;
}

/** Null where there is none that is whole. */
export async function openEntryAhead(path: string, format: SourceFormat, dir: string): Promise<StoredEntry | null> {
  const entry = await entryPathOf(path, format, dir);
  if (entry === null) return null;
  let file: FileHandle | null = null;
  try {
    file = await open(entry, "r");
    const index = await readLater(file, readIndex(await file.stat()));
    if (index !== null && entryPath(dir, index.facts.key) === entry) {
      touch(entry);
      return readAhead(file, index);
    }
  } catch {
    // As one that is not there.
  }
  await file?.close().catch(() => {});
  return null;
}

async function entryPathOf(path: string, format: SourceFormat, dir: string): Promise<string | null> {
  const identity = await identifyFilmLater(path);
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

function readAhead(file: FileHandle, index: EntryIndex): StoredEntry {
  const window = new BlockWindow(index);
  let coming: Promise<void> | null = null;
  /** Nothing came for this block: to take it is to be told what is wrong. */
  let refused: number | null = null;

  const fetch = async (number: number): Promise<void> => {
    const stretch = window.begin(number);
    // What cannot be read is as one that is cut off.
    window.end(stretch, await fillLater(file, stretch).catch(() => 0));
    if (!window.holds(number)) refused = number;
    coming = null;
  };
  return {
    facts: index.facts,
    index,
    read: (number) => window.take(number),
    comes: (number) => coming ?? (window.holds(number) || number === refused ? null : (coming = fetch(number))),
    close: () => void file.close().catch(() => {}),
  };
}
