/**
 * The cache directory: which files in it are ours, which entries are there, who makes one, and room for more.
 * `KEY.mkv` an entry, its mtime the time of its last use · `KEY.OWNER.part` one that is being made · `KEY.lock` who makes it.
 */

import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../../../control/make-directory.ts";
import { becomeOwner, leaveOwnership, ownOwner, readOwner, stateOf } from "./owner.ts";
import { codeOf } from "./trouble.ts";

const OUR_NAME = /^(?<key>[0-9a-f]{32})\.(?:(?<owner>[0-9a-f-]+)\.part|lock|mkv)$/;
/** Films are nobody else's business. */
const DIRECTORY_MODE = 0o700;
/** Who makes an entry writes about once a second. */
const QUIET_MS = 60_000;

export type StoredFile = { readonly key: string; readonly path: string; readonly bytes: number; readonly usedMs: number };

type OurFile = { readonly name: string; readonly key: string; readonly owner: string | null };

export const entryPath = (dir: string, key: string): string => join(dir, `${key}.mkv`);
export const partPath = (dir: string, key: string): string => join(dir, `${key}.${ownOwner()}.part`);
const lockPath = (dir: string, key: string): string => join(dir, `${key}.lock`);

/** Complete entries, the least recently used first. None if there is no such directory. Throws what else the file system says. */
export function listEntries(dir: string): readonly StoredFile[] {
  return ourFiles(dir)
    .filter(({ name }) => name.endsWith(".mkv"))
    .flatMap(({ name, key }) => {
      const path = join(dir, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ key, path, bytes: stats.size, usedMs: stats.mtimeMs }];
    })
    .sort((one, other) => one.usedMs - other.usedMs);
}

/** The entry has been used now. In a directory that cannot be written to it keeps its age. */
export function touchEntry(path: string, nowS: number): void {
  try {
    utimesSync(path, nowS, nowS);
  } catch {
    // It has gone, or it is not ours to write.
  }
}

export function removeEntry(dir: string, key: string): void {
  rmSync(entryPath(dir, key), { force: true });
}

/** Throws what the file system says. */
export function makeCacheDirectory(dir: string): void {
  makeDirectory(dir, DIRECTORY_MODE);
}

/** Takes the right to make this entry; false while somebody else who lives has it. Throws what the file system says. */
export function lockEntry(dir: string, key: string): boolean {
  makeCacheDirectory(dir);
  // Should two take it over from the same dead owner at once, both make the entry: each in a file of its own, and the later one stays.
  return becomeOwner(lockPath(dir, key), (owner) => isLeft(owner, filesInWork(dir, key)));
}

export function unlockEntry(dir: string, key: string): void {
  leaveOwnership(lockPath(dir, key));
}

/** Removes what dead processes have left half made. */
export function removeLeftovers(dir: string): void {
  for (const { name, key, owner } of ourFiles(dir)) {
    const path = join(dir, name);
    const isLeftover = name.endsWith(".lock") ? isLeft(readOwner(path), filesInWork(dir, key)) : owner !== null && isLeft(owner, [path]);
    if (isLeftover) rmSync(path, { force: true });
  }
}

/** Whether the owner makes nothing any more. One who cannot be seen from here is told by when the files were written. */
function isLeft(owner: string, paths: readonly string[]): boolean {
  const state = stateOf(owner);
  if (state !== "unseen") return state === "gone";
  const nowMs = Date.now();
  // Of a time that is still to come as well: the clock was set back.
  return paths.every((path) => Math.abs(nowMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)) > QUIET_MS);
}

function filesInWork(dir: string, key: string): readonly string[] {
  return ourFiles(dir).flatMap((file) => (file.key === key && !file.name.endsWith(".mkv") ? [join(dir, file.name)] : []));
}

/**
 * Makes room for a file that is being made (`ownBytes` of it are there) to grow by so much: the least recently used entries go. False if
 * there is not enough even so; then none has gone. What others are making counts as well. Throws what the file system says of an entry
 * that stays, if it is in the way.
 */
export function makeRoom(
  dir: string,
  maxBytes: number,
  own: { readonly path: string; readonly bytes: number },
  moreBytes: number,
): boolean {
  const entries = listEntries(dir);
  let stored = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const others = ourFiles(dir)
    .map(({ name, owner }) => ({ path: join(dir, name), isPart: owner !== null }))
    .filter(({ path, isPart }) => isPart && path !== own.path)
    .reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  const needed = others + own.bytes + moreBytes;
  if (needed > maxBytes) return false;
  let refusal: unknown = null;
  for (const { path, bytes } of entries) {
    if (needed + stored <= maxBytes) break;
    try {
      rmSync(path, { force: true });
      stored -= bytes;
    } catch (error) {
      refusal = error;
    }
  }
  if (needed + stored > maxBytes) throw refusal;
  return true;
}

/** Removes everything of ours but what somebody is making, and tells how many entries and bytes of them went. */
export function clearDirectory(dir: string): { readonly entries: number; readonly bytes: number } {
  const entries = listEntries(dir);
  for (const { path } of entries) rmSync(path, { force: true });
  removeLeftovers(dir);
  return { entries: entries.length, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** None if there is no such directory. One that cannot be read is not empty: throws what the file system says. */
function ourFiles(dir: string): readonly OurFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  return names.flatMap((name) => {
    const { key, owner } = OUR_NAME.exec(name)?.groups ?? {};
    return key === undefined ? [] : [{ name, key, owner: owner ?? null }];
  });
}
