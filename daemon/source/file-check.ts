/** What can be said about a file before FFmpeg sees it, and what its refusal means. Messages are for a person: file and remedy in one line. */

import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { ItemError } from "./item-reader.ts";
import { explainUnreadable } from "./unreadable.ts";

/** Throws ItemError unless the path is a readable, non-empty regular file. */
export function checkFile(path: string): void {
  const stats = attempt(path, () => statSync(path));
  if (stats.isDirectory()) throw new ItemError(`${path}: is a directory; name a media file`);
  if (!stats.isFile()) throw new ItemError(`${path}: is no regular file; name a media file`);
  if (stats.size === 0) throw new ItemError(`${path}: the file is empty; copy it again or take it out of the playlist`);
  attempt(path, () => accessSync(path, constants.R_OK));
}

/** Why FFmpeg did not open it, judged by the file's first bytes. */
export function explainRefusal(path: string): string {
  const head = readHead(path);
  // The simplest lists are bare names: no more than their own name tells them.
  if (/\.(m3u8?|pls|xspf|asx)$/i.test(path) || /^\s*(#EXTM3U|ffconcat|<\?xml|<MPD|\[playlist\]|<smil|<asx)/i.test(head)) {
    return `${path}: is a list that names other files, which a source may not open; name the media files themselves`;
  }
  if (head.slice(4, 8) === "ftyp") {
    return `${path}: the MP4 is incomplete (its index, the moov atom, is missing); copy or record it again`;
  }
  return `${path}: is not a media file that FFmpeg knows; name a film or a sound file`;
}

function attempt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw new ItemError(explainUnreadable(path, "file", cause).message, { cause });
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
