/** Media that ffmpeg makes for the tests. What it makes out of nothing but its own generators is kept: many tests, and both engines, play the same. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";

const KEPT = resolve(import.meta.dirname, "../node_modules/.cache/streamerd-test-media");
/** One of them is one file. */
const KEPT_SUFFIXES: readonly string[] = [".mp4", ".mkv", ".mov", ".mpg", ".ts", ".webm", ".avi", ".m4a"];

/** Runs ffmpeg with these options; `file` is written, and returned. */
export function makeMedia(options: readonly string[], file: string): string {
  const readsFiles = options.some((option) => /(^|[=:'])\//.test(option));
  if (readsFiles || !KEPT_SUFFIXES.includes(extname(file))) return ffmpeg(options, file);
  const key = createHash("sha256").update(JSON.stringify(options)).digest("hex").slice(0, 20);
  const kept = join(KEPT, `${key}${extname(file)}`);
  if (!existsSync(kept)) keep(options, kept);
  copyFileSync(kept, file);
  return file;
}

/** Made aside and renamed, since tests run beside each other. */
function keep(options: readonly string[], file: string): void {
  mkdirSync(KEPT, { recursive: true });
  const folder = mkdtempSync(join(KEPT, "making-"));
  try {
    renameSync(ffmpeg(options, join(folder, basename(file))), file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ffmpeg(options: readonly string[], file: string): string {
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...options, file]);
  return file;
}
