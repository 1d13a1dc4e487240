/** What can be said about a file before FFmpeg sees it, and what its refusal means. Messages are for a person: file and remedy in one line. */

import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { ItemError } from "./item-reader.ts";

/** Throws ItemError unless the path is a readable, non-empty regular file. */
export function checkFile(path: string): void {
  const stats = statFile(path);
  if (stats.isDirectory()) throw new ItemError(`${path}: is a directory; name a media file`);
  if (!stats.isFile()) throw new ItemError(`${path}: is no regular file; name a media file`);
  if (stats.size === 0) throw new ItemError(`${path}: the file is empty; copy it again or take it out of the playlist`);
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new ItemError(`${path}: no permission to read it; make it readable for the user that runs streamerd`, { cause });
  }
}

/** Why FFmpeg did not open it, judged by the file's first bytes. */
export function explainRefusal(path: string): string {
  const head = readHead(path);
  if (/^\s*(#EXTM3U|ffconcat|<\?xml|<MPD|\[playlist\]|<smil|<asx)/i.test(head)) {
    return `${path}: is a list that names other files, which a source may not open; name the media files themselves`;
  }
  if (head.slice(4, 8) === "ftyp") {
    return `${path}: the MP4 is incomplete (its index, the moov atom, is missing); copy or record it again`;
  }
  return `${path}: is not a media file that FFmpeg knows; name a film or a sound file`;
}

function statFile(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EACCES" || code === "EPERM") {
      throw new ItemError(`${path}: no permission to reach it; make its folders readable for the user that runs streamerd`, { cause });
    }
    if (code === "ENOENT" || code === "ENOTDIR") throw new ItemError(`${path}: there is no such file; check the path`, { cause });
    throw new ItemError(`${path}: it cannot be read (${String(code)}); check the path, and the disk or the server that it lies on`, {
      cause,
    });
  }
}

function readHead(path: string): string {
  const head = Buffer.alloc(64);
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    return head.toString("latin1", 0, readSync(file, head, 0, head.length, 0)).replace(/^\u00EF\u00BB\u00BF/, "");
  } catch {
    return "";
  } finally {
    if (file !== null) closeSync(file);
  }
}
