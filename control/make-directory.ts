// Makes a directory and those above it. Node's own recursive mkdir never returns where the system says of a directory that is there that it is not: in /proc.
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { explain, systemCode } from "./system-error.ts";

/** One that is there is left as it is. `mode`: of those that are made, less the umask. Throws what the file system says. */
export function makeDirectory(path: string, mode = 0o777): void {
  const above = dirname(path);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isDirectory(path)) return;
    if (systemCode(error) !== "ENOENT" || above === path || existsSync(above)) throw error;
    makeDirectory(above, mode);
    makeDirectory(path, mode);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only there",
  ENOSPC: "the disk is full",
  ENOENT: "no directory can be made there",
  ENOTDIR: "a part of the path is no directory",
  EEXIST: "a part of the path is no directory",
};

/** Why there is no directory, or nothing can be made in it. */
export function explainDirectory(error: unknown): string {
  return explain(error, REASONS);
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
