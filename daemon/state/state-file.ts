/** `state.json`: opened whatever is in it, and written. */

import { join } from "node:path";
import { openJsonStore } from "../../config/json-store.ts";
import type { JsonStore } from "../../config/json-store.ts";
import { makeDirectory } from "../../control/make-directory.ts";
import { explain } from "../../control/system-error.ts";
import { claimState, leaveState } from "./claim.ts";
import { openJson, type OpenedJson } from "./open-json.ts";
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
  const store = openJsonStore(directory, "state");
  const opened = openMade(directory, path, store);
  switch (opened.kind) {
    case "found":
      return { file: writable(directory, path, store, opened.value), problem: null };
    case "set-aside":
      return {
        file: writable(directory, path, store, EMPTY_STATE),
        problem: `${path}: damaged (${opened.reason}): it is now ${opened.kept}, and a new one is begun`,
      };
    case "newer":
      return {
        file: null,
        problem: `${path}: written by a newer streamerd (version ${opened.version}): it is left as it is, and nothing is remembered; move it away to begin anew`,
      };
    case "immovable":
      return {
        file: null,
        problem: `${path}: damaged (${opened.reason}) and cannot be moved away (${whyNot(opened.error)}); nothing is remembered over a restart`,
      };
    case "unreadable":
      return { file: null, problem: `${path}: ${whyNot(opened.error)}; nothing is remembered over a restart until that is mended` };
  }
}

function openMade(directory: string, path: string, store: JsonStore): OpenedJson<SavedState> {
  try {
    makeDirectory(directory);
  } catch (error) {
    return { kind: "unreadable", error };
  }
  return openJson(path, store, (content) => {
    const read = readState(content);
    return read.kind === "state" ? { kind: "found", value: read.state } : read;
  });
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
