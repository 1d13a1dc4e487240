// PURE. Whether the daemon can keep what it keeps: its state, encoded films, recordings.

import { fail, ok, warn, type Finding } from "../finding.ts";
import type { DirectoryUse, PlannedDirectory } from "../plan.ts";
import { size } from "../../units.ts";

/** "unseen": this user may not look there. */
export type WriteAccess = "granted" | "refused" | "read-only" | "no directory" | "unseen";

export type DirectoryReading = PlannedDirectory & {
  /** The path itself, or what is there of it by now. */
  readonly existing: string | null;
  /** Of what is there. */
  readonly access: WriteAccess;
  /** Whose access it is: the daemon's user, or who looked where no daemon was seen. */
  readonly uid: number;
  /** Null where the file system does not tell. */
  readonly freeBytes: number | null;
};

/** The state is a few kilobytes, written anew each time. */
const TOO_LITTLE_BYTES = 16 << 20;
/** Where logs and recordings go as well, this is gone in a night. */
const LITTLE_BYTES = 256 << 20;

const WITHOUT: Readonly<Record<DirectoryUse, string>> = {
  state: "what was set, paused or stopped cannot be remembered",
  cache: "films are encoded in every pass",
  recordings: "nothing is recorded",
};

/** `running`: the daemon whose user it is about; without a `pid` it is not seen, and may be another user's. */
export function judgeDirectory(reading: DirectoryReading, running: { readonly isThere: boolean; readonly pid: number | null }): Finding {
  const { key, use, path, existing, access, uid, freeBytes, storedBytes, maxBytes, keptBy } = reading;
  const without = WITHOUT[use];
  // Without the cache everything works, at the price of processor time.
  const bad = use === "cache" || running.pid === null ? warn : fail;
  if (path === null || existing === null) return warn("disk", `${key} has no place: ${without}`, `set ${key}`);
  const place = `${path} (${key})`;
  const what = existing === path ? place : `${existing}, in which ${place} is to be made,`;
  if (access === "no directory")
    return (use === "cache" ? warn : fail)("disk", `${what} is no directory: ${without}`, `set ${key} to another one`);
  if (access === "read-only")
    return bad(
      "disk",
      `${what} is read-only: ${without}`,
      `systemctl edit streamerd: ReadWritePaths=${existing}; or set ${key} to another one`,
    );
  if (access === "refused")
    return bad("disk", `${what} may not be written to by user ${uid}: ${without}`, remedyOf(path, existing, uid, key));
  if (freeBytes === null || access === "unseen")
    return warn("disk", `${place} could not be looked at`, `run streamctl doctor as root, or df ${path}`);
  if (keptBy !== null && keptBy !== String(running.pid) && (running.pid !== null || !running.isThere))
    return warn("disk", `${place} is kept by another streamerd (process ${keptBy}): ${without}`, `give each daemon a ${key} of its own`);
  const free = `${Math.floor(freeBytes / (1 << 20))} MB free at ${place}`;
  if (freeBytes < TOO_LITTLE_BYTES) return (use === "cache" ? warn : fail)("disk", free, `make room: ${without}`);
  if (maxBytes !== null && maxBytes - storedBytes > freeBytes)
    return warn("disk", `${free}, and it may grow by ${size(maxBytes - storedBytes)}`, `make room, or lower ${sizeKey(key)}`);
  return freeBytes < LITTLE_BYTES ? warn("disk", free, "make room before it is full") : ok("disk", free);
}

function remedyOf(path: string, existing: string, uid: number, key: string): string {
  const make = existing === path ? "" : `mkdir -p ${path} && `;
  return `${make}chown ${uid} ${path}, or set ${key} to another one`;
}

/** `cache.dir` → `cache.maxBytes`. */
function sizeKey(key: string): string {
  return key.replace(/dir$/, "maxBytes");
}
