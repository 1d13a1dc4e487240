/** Types of keys that hold paths of files, and what a channel plays. Paths come out absolute; nothing is opened. */
import type { Parsed, ResolvePath, ValueType, Written, WrittenScalar } from "../key.ts";
import { showValue } from "../show.ts";
import { type LiveInput, parseLiveSource } from "./live-source.ts";

/** PATH_MAX of Linux. */
const MAX_PATH_BYTES = 4_095;
/** `sun_path` of a Unix socket, less its closing zero. */
const MAX_SOCKET_PATH_BYTES = 107;

/** A file's path, or null. */
export function optionalFile(): ValueType<string | null> {
  return {
    expects: "a path, or null",
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
export type MediaSource =
  | { readonly kind: "test-film" }
  | { readonly kind: "media"; readonly paths: readonly string[] }
  | { readonly kind: "live"; readonly input: LiveInput };

/** What is sent while a live source is away. */
export type Fallback = { readonly kind: "slate" } | { readonly kind: "none" } | { readonly kind: "file"; readonly path: string };

/** A playlist beyond this is a directory. */
const MAX_PLAYLIST_ITEMS = 10_000;

/** A file, a directory, a list of them, a live source, or null for the test film. */
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
    const [only] = items;
    const live = items.length === 1 && typeof only === "string" ? parseLiveSource(only) : null;
    if (live !== null) return live.ok ? { ok: true, value: { kind: "live", input: live.value } } : live;
    if (items.length === 1 && only === "test:") return { ok: true, value: { kind: "test-film" } };
    const paths: string[] = [];
    for (const item of items) {
      const parsed = parseMediaPath(item, resolvePath);
      if (!parsed.ok) return parsed;
      paths.push(parsed.value);
    }
    return { ok: true, value: { kind: "media", paths } };
  };
  return {
    expects: "a file, a list of files, a directory, camera:, mic:, camera+mic, screen:, a URL, test:live, or null for the test film",
    parse,
  };
}

/** `slate`, `none`, or a file. */
export function fallback(): ValueType<Fallback> {
  const parse = (written: Written, resolvePath: ResolvePath): Parsed<Fallback> => {
    if (written === "slate" || written === "none") return { ok: true, value: { kind: written } };
    const path = typeof written === "string" && parseLiveSource(written) !== null ? null : parsePath(written, resolvePath, MAX_PATH_BYTES);
    if (path === null) return { ok: false, reason: "a live source cannot stand in for another one; give slate, none, or a file" };
    return path.ok ? { ok: true, value: { kind: "file", path: path.value } } : path;
  };
  return { expects: "slate, none, or a media file", parse };
}

function parseMediaPath(written: WrittenScalar, resolvePath: ResolvePath): Parsed<string> {
  if (typeof written === "string" && (written.startsWith("test:") || parseLiveSource(written) !== null))
    return { ok: false, reason: "a live source stands alone, not in a list; give it a channel of its own" };
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
