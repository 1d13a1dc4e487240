/** The program as the Debian package lays it, but with the npm packages of this checkout. */

import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** `folder`: an empty one. */
export function layProgram(folder: string): void {
  execFileSync(process.execPath, [join(ROOT, "systemd/package/bundle.ts"), folder]);
  for (const name of ["bin", "web", "package.json"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
