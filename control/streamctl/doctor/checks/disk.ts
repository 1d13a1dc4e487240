// PURE. Whether there is room where the daemon writes.

import { fail, ok, warn, type Finding } from "../finding.ts";

/** `freeBytes`: null where the file system does not tell. */
export type DiskReading = { readonly key: string; readonly path: string | null; readonly freeBytes: number | null };

/** The state is a few kilobytes, written anew each time. */
const TOO_LITTLE_BYTES = 16 << 20;
/** Where logs and recordings go as well, this is gone in a night. */
const LITTLE_BYTES = 256 << 20;

export function judgeDisk({ key, path, freeBytes }: DiskReading): Finding {
  if (path === null) return warn("disk", `${key} has no place: nothing is remembered over restarts`, `set ${key}`);
  if (freeBytes === null) return warn("disk", `${path} (${key}) could not be looked at`, `df ${path}`);
  const free = `${Math.floor(freeBytes / (1 << 20))} MB free at ${path} (${key})`;
  if (freeBytes < TOO_LITTLE_BYTES) return fail("disk", free, "make room: what was set, paused or stopped cannot be remembered");
  return freeBytes < LITTLE_BYTES ? warn("disk", free, "make room before it is full") : ok("disk", free);
}
