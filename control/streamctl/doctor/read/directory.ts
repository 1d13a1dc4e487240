// A directory in which the daemon writes, or one that it is going to make: whether it may, and how much room there is.

import { accessSync, constants, type Stats, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../../../system-error.ts";
import type { DirectoryReading, WriteAccess } from "../checks/directories.ts";
import type { PlannedDirectory } from "../plan.ts";
import type { Writer } from "./writer.ts";

const SEARCH = 1;
const WRITE = 2;

export function readDirectory(planned: PlannedDirectory, writer: Writer): DirectoryReading {
  const { path } = planned;
  if (path === null) return { ...planned, existing: null, access: "unseen", uid: writer.uid, freeBytes: null };
  let existing = path;
  let stats = look(writer.root + existing);
  while (stats === "missing" && existing !== dirname(existing)) {
    existing = dirname(existing);
    stats = look(writer.root + existing);
  }
  const access = typeof stats === "string" ? "unseen" : accessOf(existing, stats, writer);
  return { ...planned, existing, access, uid: writer.uid, freeBytes: roomAt(writer.root + existing) };
}

function look(path: string): Stats | "missing" | "unseen" {
  try {
    return statSync(path);
  } catch (error) {
    return systemCode(error) === "ENOENT" ? "missing" : "unseen";
  }
}

function accessOf(path: string, stats: Stats, { uid, gids, root }: Writer): WriteAccess {
  if (!stats.isDirectory()) return "no directory";
  const own = ownAccess(root + path);
  if (own === "read-only" || uid === process.geteuid?.()) return own;
  for (let above = dirname(path); ; above = dirname(above)) {
    const passed = look(root + above);
    if (typeof passed !== "string" && !allows(passed, uid, gids, SEARCH)) return "refused";
    if (above === dirname(above)) break;
  }
  return allows(stats, uid, gids, SEARCH | WRITE) ? "granted" : "refused";
}

function ownAccess(path: string): WriteAccess {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return "granted";
  } catch (error) {
    return systemCode(error) === "EROFS" ? "read-only" : "refused";
  }
}

/** By the mode alone (path_resolution(7)): access lists are not looked at. */
function allows({ mode, uid: owner, gid: group }: Stats, uid: number, gids: readonly number[], wanted: number): boolean {
  if (uid === 0) return true;
  const shift = uid === owner ? 6 : gids.includes(group) ? 3 : 0;
  return ((mode >> shift) & wanted) === wanted;
}

function roomAt(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
