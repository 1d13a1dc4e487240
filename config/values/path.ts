/** Types of keys that hold paths of files, and what a channel plays. Paths come out absolute; nothing is opened. */
import type { Parsed, ResolvePath, ValueType, Written, WrittenScalar } from "../key.ts";
import { showValue } from "../show.ts";

/** PATH_MAX of Linux. */
const MAX_PATH_BYTES = 4_095;
/** `sun_path` of a Unix socket, less its closing zero. */
const MAX_SOCKET_PATH_BYTES = 107;

/** A file's path, or null for none. */
export function optionalFile(): ValueType<string | null> {
  return {
    expects: "a path, or null for none",
    parse: (written, resolvePath) => (written === null ? { ok: true, value: null } : parsePath(written, resolvePath, MAX_PATH_BYTES)),
  };
}

/** The path of a Unix socket. */
export function socketPath(): ValueType<string> {
  return {
    expects: `a path of at most ${MAX_SOCKET_PATH_BYTES} bytes`,
    parse: (written, resolvePath) => parsePath(written, resolvePath, MAX_SOCKET_PATH_BYTES),
  };
}

/** What a channel plays. `paths`: absolute, at least one; a directory stands for its media files. */
export type MediaSource = { readonly kind: "test-film" } | { readonly kind: "media"; readonly paths: readonly string[] };

/** A playlist beyond this is a directory. */
const MAX_PLAYLIST_ITEMS = 10_000;

/** A file, a directory, a list of them, or null for the test film. */
export function mediaSource(): ValueType<MediaSource> {
  const parse = (written: Written, resolvePath: ResolvePath): Parsed<MediaSource> => {
    if (written === null) return { ok: true, value: { kind: "test-film" } };
    const items = typeof written === "object" ? written : [written];
    if (items.length === 0)
      return {
        ok: false,
        reason: "an empty list; name a file or a directory, or null for the test film",
      };
    if (items.length > MAX_PLAYLIST_ITEMS)
      return {
        ok: false,
        reason: `${items.length} items, more than ${MAX_PLAYLIST_ITEMS}; name their directory instead`,
      };
    const paths: string[] = [];
    for (const item of items) {
      const parsed = parseMediaPath(item, resolvePath);
      if (!parsed.ok) return parsed;
      paths.push(parsed.value);
    }
    return { ok: true, value: { kind: "media", paths } };
  };
  return { expects: "a file, a list of files, a directory, or null for the test film", parse };
}

function parseMediaPath(written: WrittenScalar, resolvePath: ResolvePath): Parsed<string> {
  const device = typeof written === "string" ? /^(camera|mic|test):|^[a-z][a-z0-9+.-]*:\/\//i.exec(written) : null;
  if (device !== null)
    return {
      ok: false,
      // The rest of a URL may hold a password.
      reason: `${device[0]} sources are not available in this version; name a file or a directory (one of that name: ./${device[0]}…)`,
    };
  return parsePath(written, resolvePath, MAX_PATH_BYTES);
}

function parsePath(written: Written, resolvePath: ResolvePath, maxBytes: number): Parsed<string> {
  if (written === null || written === "") return { ok: false, reason: "an empty path; name a file" };
  if (typeof written === "object") return { ok: false, reason: "a list; name one file" };
  if (typeof written !== "string")
    return {
      ok: false,
      reason: `${written} is no path; if a file is called so, put it in quotes: "${written}"`,
    };
  if (written.includes("\0")) return { ok: false, reason: `${showValue(written)} has a zero byte in it; no path can` };
  const path = resolvePath(written);
  const bytes = new TextEncoder().encode(path).length;
  return bytes <= maxBytes
    ? { ok: true, value: path }
    : {
        ok: false,
        reason: `${showValue(path)} is ${bytes} bytes long; this path may have ${maxBytes}`,
      };
}
