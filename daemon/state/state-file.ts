/** `state.json`: opened whatever is in it, and written. */

import { renameSync } from "node:fs";
import { join } from "node:path";
import { openJsonStore } from "../../config/json-store.ts";
import type { JsonStore } from "../../config/json-store.ts";
import { makeDirectory } from "../../control/make-directory.ts";
import { explain } from "../../control/system-error.ts";
import { claimState, leaveState } from "./claim.ts";
import { EMPTY_STATE, readState } from "./saved-state.ts";
import type { SavedState } from "./saved-state.ts";

export type StateFile = {
  readonly path: string;
  /** As it was found. */
  readonly found: SavedState;
  /** Returns what went wrong, in one line; null when it is written. */
  readonly save: (state: SavedState) => Promise<string | null>;
  /** Nothing more is written; another daemon may go on with it. */
  readonly close: () => void;
};

export type OpenedStateFile = {
  /** Null: nothing will be remembered. */
  readonly file: StateFile | null;
  /** For the log: one line. */
  readonly problem: string | null;
};

/** `directory` is made where it is missing. Of two daemons the first one keeps it. */
export function openStateFile(directory: string): OpenedStateFile {
  const path = join(directory, "state.json");
  const other = claimState(directory);
  if (other !== null) {
    const problem = `${path}: another streamerd (process ${other}) keeps it: this one remembers nothing over a restart; give it a directory of its own in state.dir`;
    return { file: null, problem };
  }
  const opened = openOwn(directory, path);
  if (opened.file === null) leaveState(directory);
  return opened;
}

function openOwn(directory: string, path: string): OpenedStateFile {
  let read: ReturnType<typeof open>;
  try {
    read = open(directory);
  } catch (error) {
    if (error instanceof SyntaxError) return beginAnew(directory, path, "it is no JSON");
    return { file: null, problem: `${path}: ${whyNot(error)}; nothing is remembered over a restart until that is mended` };
  }
  if (read.state.kind === "damaged") return beginAnew(directory, path, read.state.reason);
  if (read.state.kind === "newer") {
    const problem = `${path}: written by a newer streamerd (version ${read.state.version}): it is left as it is, and nothing is remembered; move it away to begin anew`;
    return { file: null, problem };
  }
  return { file: writable(directory, path, read.store, read.state.state), problem: null };
}

/** Nothing is lost: the damaged file is kept beside the new one. */
function beginAnew(directory: string, path: string, reason: string): OpenedStateFile {
  const kept = `${path}.damaged`;
  try {
    renameSync(path, kept);
    return {
      file: writable(directory, path, openJsonStore(directory, "state"), EMPTY_STATE),
      problem: `${path}: damaged (${reason}): it is now ${kept}, and a new one is begun`,
    };
  } catch (error) {
    return {
      file: null,
      problem: `${path}: damaged (${reason}) and cannot be moved away (${whyNot(error)}); nothing is remembered over a restart`,
    };
  }
}

function open(directory: string) {
  makeDirectory(directory);
  const store = openJsonStore(directory, "state");
  return { store, state: readState(store.read()) };
}

function writable(directory: string, path: string, store: JsonStore, found: SavedState): StateFile {
  const save = async (state: SavedState): Promise<string | null> => {
    try {
      await store.write(state);
      return null;
    } catch (error) {
      return `${path}: ${whyNot(error)}; what changes now is forgotten at a restart`;
    }
  };
  return { path, found, save, close: () => leaveState(directory) };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not read and write it",
  EPERM: "this user may not read and write it",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOENT: "its directory cannot be made",
  ENOTDIR: "a part of the path is no directory",
  EISDIR: "it is a directory",
};

function whyNot(error: unknown): string {
  return explain(error, REASONS).split("\n", 1)[0] ?? "";
}
