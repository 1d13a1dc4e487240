/** Names of a recording's files, and which of them stay. */

import { readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { UsageError } from "../../../control/usage-error.ts";

export type Segmenting = { readonly minutes: number; /** Null: all of them. */ readonly keep: number | null };

export type RecordingKind = "mkv" | "mp4" | "wav" | "pipe";

/** What means standard output, in the place of a file. */
export const STANDARD_OUTPUT = "-";

/** Throws a UsageError for a name that says no kind. */
export function kindOf(path: string): RecordingKind {
  if (path === STANDARD_OUTPUT) return "pipe";
  const kind = extname(path).slice(1).toLowerCase();
  if (kind === "mkv" || kind === "mp4" || kind === "wav") return kind;
  throw new UsageError(
    `${path === "" ? "FILE" : path}: a recording is an .mkv (as it came), an .mp4 (H.264 and AAC) or a .wav (sound alone); - is standard output`,
  );
}

/** `film.mkv`, or `film-0001.mkv` and so on: behind those that are there already, unless they are to be written over. */
export class SegmentNames {
  readonly #path: string;
  readonly #segmenting: Segmenting | null;
  readonly #made: string[] = [];
  #count: number;

  constructor(path: string, segmenting: Segmenting | null, overwrite: boolean) {
    this.#path = path;
    this.#segmenting = segmenting;
    this.#count = segmenting === null || overwrite ? 0 : highestNumber(path);
  }

  next(): string {
    this.#count++;
    const suffix = extname(this.#path);
    const number = String(this.#count).padStart(4, "0");
    return this.#segmenting === null ? this.#path : `${this.#path.slice(0, -suffix.length)}-${number}${suffix}`;
  }

  /** Those that were made and have not been removed. */
  get kept(): readonly string[] {
    return this.#made;
  }

  /** Removes the file if there is nothing in it. */
  removeEmpty(name: string): void {
    try {
      if (statSync(name).size > 0) return;
      rmSync(name);
    } catch {
      return;
    }
    if (this.#made.at(-1) === name) this.#made.pop();
  }

  /** The file is there. Removes the oldest of those that this run has made, once there are more than are to be kept. What cannot be removed stays. */
  made(name: string): void {
    this.#made.push(name);
    const keep = this.#segmenting?.keep ?? Infinity;
    for (const old of this.#made.splice(0, Math.max(0, this.#made.length - keep))) {
      try {
        rmSync(old, { force: true });
      } catch {
        // The recording goes on: a full disk ends it with a word.
      }
    }
  }
}

/** Of the segments that lie there; 0 without any. Where the folder cannot be read, that is told when the first file is made. */
function highestNumber(path: string): number {
  const suffix = extname(path);
  const stem = `${basename(path, suffix)}-`;
  let names: readonly string[] = [];
  try {
    names = readdirSync(dirname(path));
  } catch {
    return 0;
  }
  const numbers = names
    .filter((name) => name.startsWith(stem) && name.endsWith(suffix))
    .map((name) => name.slice(stem.length, -suffix.length))
    .filter((number) => /^\d{4,9}$/.test(number));
  return Math.max(0, ...numbers.map(Number));
}
