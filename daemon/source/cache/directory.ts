/**
 * The cache directory: which files in it are ours, which entries are there, who makes one, and room for more.
 * `KEY.mkv` an entry, its mtime the time of its last use · `KEY.OWNER.part` one that is being made · `KEY.lock` who makes it.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ownOwner, stateOf } from "./owner.ts";

const OUR_NAME = /^(?<key>[0-9a-f]{32})\.(?:(?<owner>[0-9a-f-]+)\.part|lock|mkv)$/;
/** Films are nobody else's business. */
const DIRECTORY_MODE = 0o700;
/** Who it is, is no secret in such a directory; root may fill that of the service, which is to read it. */
const LOCK_MODE = 0o644;
/** Who makes an entry writes about once a second. */
const QUIET_MS = 60_000;

export type StoredFile = { readonly key: string; readonly path: string; readonly bytes: number; readonly usedMs: number };

type OurFile = { readonly name: string; readonly key: string; readonly owner: string | null };

export const entryPath = (dir: string, key: string): string => join(dir, `${key}.mkv`);
export const partPath = (dir: string, key: string): string => join(dir, `${key}.${ownOwner()}.part`);
const lockPath = (dir: string, key: string): string => join(dir, `${key}.lock`);

/** Complete entries, the least recently used first. Empty if there is no such directory. */
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
export function makeDirectory(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: DIRECTORY_MODE });
}

/** Takes the right to make this entry; false while somebody else who lives has it. Throws what the file system says. */
export function lockEntry(dir: string, key: string): boolean {
  makeDirectory(dir);
  const path = lockPath(dir, key);
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, ownOwner(), { flag: "wx", mode: LOCK_MODE });
      return true;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (!isLeft(readOwner(path), filesInWork(dir, key))) return false;
    // Should two find the same dead owner at once, both make the entry: each in a file of its own, and the later one stays.
    rmSync(path, { force: true });
  }
  return false;
}

export function unlockEntry(dir: string, key: string): void {
  const path = lockPath(dir, key);
  if (readOwner(path) !== ownOwner()) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // It is worth nothing when this process has ended.
  }
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
  const writtenMs = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Date.now() - Math.max(...writtenMs) > QUIET_MS;
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

function readOwner(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function ourFiles(dir: string): readonly OurFile[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const { key, owner } = OUR_NAME.exec(name)?.groups ?? {};
    return key === undefined ? [] : [{ name, key, owner: owner ?? null }];
  });
}
