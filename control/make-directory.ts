// Makes a directory and those above it. Node's own recursive mkdir never returns where the system says of a directory that is there that it is not: in /proc.
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "./system-error.ts";

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

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
