/** The configuration from all its places: defaults, then the file, the environment, --set, and files on the command line. */
import { closeSync, constants, openSync, readSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Assignments } from "./assignments.ts";
import { readEnvironment } from "./environment.ts";
import type { Environment } from "./environment.ts";
import { MAX_FILE_BYTES, readFileText } from "./file-text.ts";
import { joinAssignments, readSet } from "./override.ts";
import type { Origin } from "./origin.ts";
import { resolveConfig } from "./resolve.ts";
import type { Resolved } from "./resolve.ts";
import { MAIN_CHANNEL } from "./schema.ts";

export type ConfigRequest = {
  /** The config file, absolute or relative to `cwd`; without one the defaults stand. */
  readonly file?: string;
  /** Arguments of --set, in their order: `KEY=VALUE`. */
  readonly sets: readonly string[];
  readonly env: Environment;
  /** Media files named on the command line: they become the source of channel `main`. */
  readonly files: readonly string[];
  /** What relative paths on the command line and in the environment are relative to; absolute. */
  readonly cwd: string;
  /** False: a file without a byte is a mistake. One that had a configuration is just being written, or its disk is full. */
  readonly mayBeEmpty?: boolean;
  /** What tells this host from others: derived groups differ by it. Without one they differ by the channel's name only. */
  readonly machine?: string;
  readonly readFile?: ReadFile;
};

/** At most `maxBytes` from the beginning of a file, or why it cannot be read. */
export type ReadFile = (
  path: string,
  maxBytes: number,
) => { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly reason: string };

export type LoadedConfig = Resolved;

/** Never throws for what an operator wrote: every mistake is an error that names its place. */
export function loadConfig(request: ConfigRequest): LoadedConfig {
  const fromCwd = (path: string): string => resolve(request.cwd, path);
  const file = readConfigFile(request);
  const sets = request.sets.map((text) => readSet(text, fromCwd));
  const media = mediaFiles(request.files, sets, fromCwd);
  const channels = [file, ...sets, media].flatMap((part) => part.channels.map((mention) => mention.name));
  const env = readEnvironment(request.env, channels, fromCwd);
  const overrides = joinAssignments([env, ...sets, media]);
  return resolveConfig({ file, overrides }, request.machine ?? "");
}

const EMPTY = "empty: it is just being written, or the disk is full; where the defaults are meant, write {} into it";

function readConfigFile(request: ConfigRequest): Assignments {
  const { file, cwd } = request;
  if (file === undefined) return joinAssignments([]);
  const path = resolve(cwd, file);
  const isAgain = request.mayBeEmpty === false;
  const read = (request.readFile ?? (isAgain ? readAtOnce : readWholeFile))(path, MAX_FILE_BYTES + 1);
  const isMistake = read.ok && read.bytes.length === 0 && isAgain;
  if (read.ok && !isMistake) return readFileText(read.bytes, file, (relative) => resolve(dirname(path), relative));
  const origin: Origin = { kind: "file", file, line: null };
  return { ...joinAssignments([]), errors: [{ origin, path: null, message: read.ok ? EMPTY : read.reason }] };
}

function mediaFiles(files: readonly string[], sets: readonly Assignments[], fromCwd: (path: string) => string): Assignments {
  if (files.length === 0) return joinAssignments([]);
  const origin: Origin = { kind: "command-line" };
  const path = ["channels", MAIN_CHANNEL, "source"];
  const rival = sets.flatMap((set) => set.assignments).find((set) => set.path.join(".") === path.join("."));
  const message = `${files.length === 1 ? "a file is" : "files are"} named on the command line as well; keep one of the two`;
  return {
    assignments: [{ path, written: files, origin, resolvePath: fromCwd }],
    channels: [{ name: MAIN_CHANNEL, origin }],
    errors: rival === undefined ? [] : [{ origin: rival.origin, path, message }],
  };
}

const readWholeFile: ReadFile = (path, maxBytes) => readFile(path, maxBytes, constants.O_RDONLY);

/** Who reads it again has other things to do than to wait until somebody writes to a pipe. */
const readAtOnce: ReadFile = (path, maxBytes) => readFile(path, maxBytes, constants.O_RDONLY | constants.O_NONBLOCK);

function readFile(path: string, maxBytes: number, flags: number): ReturnType<ReadFile> {
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  try {
    const fd = openSync(path, flags);
    try {
      for (let read = -1; read !== 0 && length < maxBytes; length += read) read = readSync(fd, bytes, length, maxBytes - length, null);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { ok: false, reason: whyUnreadable(error) };
  }
  return { ok: true, bytes: bytes.subarray(0, length) };
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "no such file; name an existing one with --config, or leave --config out for the defaults";
    case "EISDIR":
      return "a directory; name the YAML file in it";
    case "EACCES":
    case "EPERM":
      return "may not be read by this user; change its owner or mode";
    default:
      return `cannot be read (${String(code)})`;
  }
}
