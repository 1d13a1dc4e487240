/** `passes.json` in the state directory: read whatever is in it, and written for this user alone. */

import { join } from "node:path";
import * as v from "valibot";
import { messageOf } from "../../control/system-error.ts";
import { openJsonStore } from "../../config/json-store.ts";
import { openJson, type OpenedJson, type Taken } from "../state/open-json.ts";
import type { StoredPass } from "./pass-table.ts";

const NAME = "passes";
const OWNER_ONLY = 0o600;

/** A Date goes no further; a time behind that could not be shown. */
const moment = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

const file = v.object({
  version: v.literal(1),
  passes: v.array(
    v.object({
      id: v.pipe(v.string(), v.regex(/^[0-9A-Z]{5}$/)),
      secret: v.pipe(v.string(), v.regex(/^[0-9A-Z]{20}$/)),
      name: v.nullable(v.string()),
      channels: v.nullable(v.array(v.string())),
      hosts: v.pipe(v.number(), v.integer(), v.minValue(1)),
      createdMs: moment,
      untilMs: v.nullable(moment),
    }),
  ),
});
const laterFile = v.object({ version: v.pipe(v.number(), v.integer(), v.minValue(2)) });

export type PassFile = {
  readonly found: readonly StoredPass[];
  /** For the log: one line; null: nothing was wrong. */
  readonly problem: string | null;
  /** Returns what went wrong, in one line; null when it is written. */
  readonly save: (passes: readonly StoredPass[]) => Promise<string | null>;
};

/** The directory is there, and this daemon's. What is damaged is kept beside the new file; what cannot be read, or is a later version's, is not written over. */
export function openPassFile(directory: string): PassFile {
  const path = join(directory, `${NAME}.json`);
  const store = openJsonStore(directory, NAME, OWNER_ONLY);
  const opened = openJson(path, store, takePasses);
  const isOurs = opened.kind === "found" || opened.kind === "set-aside";
  let lastWrite = Promise.resolve<string | null>(null);
  const write = async (passes: readonly StoredPass[]): Promise<string | null> => {
    if (!isOurs) return `${path} is left as it was found`;
    try {
      await store.write({ version: 1, passes });
      return null;
    } catch (error) {
      return `${path}: ${firstLine(error)}`;
    }
  };
  return {
    found: opened.kind === "found" ? opened.value : [],
    problem: opened.kind === "found" ? null : `${path}: ${problemOf(opened)}`,
    // One after the other: what was asked for last is what stays.
    save: (passes) => (lastWrite = lastWrite.then(() => write(passes))),
  };
}

function takePasses(content: unknown): Taken<readonly StoredPass[]> {
  if (v.is(v.strictObject({}), content)) return { kind: "found", value: [] };
  const parsed = v.safeParse(file, content);
  if (parsed.success) return { kind: "found", value: parsed.output.passes };
  const later = v.safeParse(laterFile, content);
  if (later.success) return { kind: "newer", version: later.output.version };
  return { kind: "damaged", reason: `${v.getDotPath(parsed.issues[0]) ?? "the file"}: ${parsed.issues[0].message}` };
}

function problemOf(opened: Exclude<OpenedJson<unknown>, { kind: "found" }>): string {
  const isLeft = "it is left as it is, and no pass in it is good";
  switch (opened.kind) {
    case "set-aside":
      return `damaged (${opened.reason}): it is now ${opened.kept}, and no pass is good any more`;
    case "newer":
      return `written by a newer streamerd (version ${opened.version}): ${isLeft}`;
    case "immovable":
      return `damaged (${opened.reason}) and cannot be moved away (${firstLine(opened.error)}): ${isLeft}`;
    case "unreadable":
      return `${firstLine(opened.error)}: ${isLeft}`;
  }
}

function firstLine(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}
