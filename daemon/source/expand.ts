/** A channel's configured source → the items that its source process plays. Runs in the daemon, without the media engine. */

import { readdirSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { SourceItem } from "./messages.ts";
import { explainUnreadable } from "./unreadable.ts";

/** What a directory is searched for; files named one by one may end as they like. */
const MEDIA_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    ".mp4 .m4v .mov .mkv .webm .avi .ts .m2ts .mts .mpg .mpeg .vob .flv .f4v .wmv .asf .ogv .3gp .nut .ivf .dv .mxf .wtv .rm .rmvb .y4m .gif " +
    ".mp3 .m4a .aac .ac3 .flac .wav .w64 .aif .aiff .au .caf .ogg .oga .opus .wma .ape .tta"
  ).split(" "),
);

/** By the pattern of `camera+mic` they are easily written without their colon. */
const DEVICES: ReadonlySet<string> = new Set(["camera", "mic", "screen"]);

export type SourceErrorCode = "missing" | "unreadable" | "empty-directory" | "no-files" | "remote";

/** It may be there later: a disk that is not mounted yet, a film that is being copied. */
const IS_ABSENT: ReadonlySet<SourceErrorCode> = new Set(["missing", "unreadable"]);

/** The configured source cannot be played. The message is for a person: one line with the path and the remedy. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Null is the test film; a directory its media files, by name, numbers as numbers. Of a list one that is not there does not stop the others: it keeps its place, is tried in each pass, and
 * `onAbsent` hears why. Throws SourceError.
 */
export function expandSource(
  source: string | readonly string[] | null,
  onAbsent: (message: string) => void = () => {},
): readonly SourceItem[] {
  if (source === null) return [{ kind: "test-film" }];
  const names = typeof source === "string" ? [source] : source;
  if (names.length === 0)
    throw new SourceError("no-files", "the list of files is empty; name a file, or leave the source out for the test film");
  const absent: SourceError[] = [];
  const items = names.flatMap((name) => {
    try {
      return expandName(name);
    } catch (error) {
      if (!(error instanceof SourceError) || !IS_ABSENT.has(error.code)) throw error;
      absent.push(error);
      return [{ kind: "file", path: name } as const];
    }
  });
  const [first] = absent;
  if (first !== undefined && absent.length === names.length) throw first;
  for (const { message } of absent) onAbsent(`${message}; it is passed over as long as that is so`);
  return items;
}

function expandName(name: string): readonly SourceItem[] {
  if (name === "test:") return [{ kind: "test-film" }];
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) throw new SourceError("remote", `${name}: is no file; name a media file or a directory`);
  if (!attempt(name, () => statSync(name)).isDirectory()) return [{ kind: "file", path: name }];
  const files = attempt(name, () => readdirSync(name, { withFileTypes: true }))
    .filter((entry) => !entry.name.startsWith(".") && !entry.isDirectory() && MEDIA_EXTENSIONS.has(extname(entry.name).toLowerCase()))
    .map((entry) => entry.name)
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  if (files.length === 0)
    throw new SourceError("empty-directory", `${name}: the directory has no media files; put some there, or name another one`);
  return files.map((file) => ({ kind: "file", path: join(name, file) }));
}

function attempt<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const { isMissing, message } = explainUnreadable(name, "file or directory", cause);
    if (!isMissing) throw new SourceError("unreadable", message, cause);
    const word = basename(name);
    throw new SourceError("missing", DEVICES.has(word) ? `${message}; the device of that name is ${word}:` : message, cause);
  }
}
