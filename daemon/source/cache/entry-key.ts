/** A film and the form in which it is wanted → the name of its entry. The film's path is no part of it. */

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { SourceFormat } from "../messages.ts";
import { ENCODER_VERSION } from "./encoder-version.ts";
import { readLater, readNow, type Reads } from "./file-reads.ts";

/** Read at the beginning, in the middle and at the end: a film that was edited differs in its index, which lies at one of the ends. */
const SAMPLE_BYTES = 64 << 10;
/** 128 bits: nobody finds two films of one key by chance. */
const KEY_DIGITS = 32;

export const KEY_PATTERN = /^[0-9a-f]{32}$/;

/** What tells one state of a file from another. */
export type FilmIdentity = { readonly size: number; readonly modifiedMs: number; readonly sample: string };

/** Null if the file cannot be read: whoever opens it then says why. */
export function identifyFilm(path: string): FilmIdentity | null {
  let file: number | null = null;
  try {
    // To open a pipe would be to wait for whoever writes to it.
    if (!statSync(path).isFile()) return null;
    file = openSync(path, "r");
    return readNow(file, identify(fstatSync(file)));
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The same without waiting for the disk. */
export async function identifyFilmLater(path: string): Promise<FilmIdentity | null> {
  try {
    if (!(await stat(path)).isFile()) return null;
    await using file = await open(path, "r");
    return await readLater(file, identify(await file.stat()));
  } catch {
    return null;
  }
}

function* identify({ size, mtimeMs }: Stats): Reads<FilmIdentity> {
  const hash = createHash("sha256");
  const bytes = Buffer.alloc(SAMPLE_BYTES);
  for (const place of [0, Math.floor((size - SAMPLE_BYTES) / 2), size - SAMPLE_BYTES])
    hash.update(bytes.subarray(0, yield { place: Math.max(0, place), bytes }));
  return { size, modifiedMs: mtimeMs, sample: hash.digest("hex") };
}

export function entryKey({ size, modifiedMs, sample }: FilmIdentity, { width, quality, maxFrameBytes, audio }: SourceFormat): string {
  const sound = audio === null ? null : [audio.sampleRateHz, audio.channels];
  const all = JSON.stringify([ENCODER_VERSION, size, modifiedMs, sample, width, quality, maxFrameBytes, sound]);
  return createHash("sha256").update(all).digest("hex").slice(0, KEY_DIGITS);
}
