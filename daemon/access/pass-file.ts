/** `passes.json` in the state directory: read whatever is in it, and written for this user alone. */

import { renameSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { openJsonStore } from "../../config/json-store.ts";
import { messageOf } from "../../control/system-error.ts";
import type { StoredPass } from "./pass-table.ts";

const NAME = "passes";
const OWNER_ONLY = 0o600;

const file = v.object({
  version: v.literal(1),
  passes: v.array(
    v.object({
      id: v.string(),
      secret: v.string(),
      name: v.nullable(v.string()),
      channels: v.nullable(v.array(v.string())),
      hosts: v.number(),
      createdMs: v.number(),
      untilMs: v.nullable(v.number()),
    }),
  ),
});

export type PassFile = {
  readonly found: readonly StoredPass[];
  /** For the log: one line; null: nothing was wrong. */
  readonly problem: string | null;
  /** Returns what went wrong, in one line; null when it is written. */
  readonly save: (passes: readonly StoredPass[]) => Promise<string | null>;
};

/** The directory is there, and this daemon's. What cannot be read is kept beside the new file. */
export function openPassFile(directory: string): PassFile {
  const path = join(directory, `${NAME}.json`);
  const store = openJsonStore(directory, NAME, OWNER_ONLY);
  let lastWrite = Promise.resolve<string | null>(null);
  const write = async (passes: readonly StoredPass[]): Promise<string | null> => {
    try {
      await store.write({ version: 1, passes });
      return null;
    } catch (error) {
      return `${path}: ${firstLine(error)}; passes that are made now are forgotten at a restart`;
    }
  };
  return {
    ...read(path, store.read),
    // One after the other: what was asked for last is what stays.
    save: (passes) => (lastWrite = lastWrite.then(() => write(passes))),
  };
}

function read(path: string, readStore: () => unknown): Pick<PassFile, "found" | "problem"> {
  try {
    const content = readStore();
    if (v.is(v.strictObject({}), content)) return { found: [], problem: null };
    const parsed = v.safeParse(file, content);
    if (parsed.success) return { found: parsed.output.passes, problem: null };
    return setAside(path, `${v.getDotPath(parsed.issues[0]) ?? "the file"}: ${parsed.issues[0].message}`);
  } catch (error) {
    return error instanceof SyntaxError
      ? setAside(path, "it is no JSON")
      : { found: [], problem: `${path}: ${firstLine(error)}; no pass is good` };
  }
}

function setAside(path: string, reason: string): Pick<PassFile, "found" | "problem"> {
  const kept = `${path}.damaged`;
  try {
    renameSync(path, kept);
    return { found: [], problem: `${path}: damaged (${reason}): it is now ${kept}, and no pass is good any more` };
  } catch (error) {
    return { found: [], problem: `${path}: damaged (${reason}) and cannot be moved away (${firstLine(error)}); no pass is good` };
  }
}

function firstLine(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}
