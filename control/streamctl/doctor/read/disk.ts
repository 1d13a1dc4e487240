// How much room there is where a directory is, or will be made.

import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { DiskReading } from "../checks/disk.ts";

export function readDisk({ key, path }: { readonly key: string; readonly path: string | null }): DiskReading {
  if (path === null) return { key, path, freeBytes: null };
  let existing = path;
  while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
  try {
    const { bavail, bsize } = statfsSync(existing);
    return { key, path, freeBytes: bavail * bsize };
  } catch {
    return { key, path, freeBytes: null };
  }
}
