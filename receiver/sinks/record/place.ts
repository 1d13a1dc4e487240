/** Whether the first file of a recording can be made: looked at before anything is received. */

import { accessSync, constants, existsSync, lstatSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { RecordingError } from "./recorded-file.ts";
import type { RecordingOptions } from "./recording.ts";
import { SegmentNames, kindOf } from "./segments.ts";
import { alreadyThere, writingError } from "./wav-file.ts";

/** Throws a RecordingError, or a UsageError for a name that says no kind. */
export function refuseBadPlace({ path, segmenting, overwrite }: Omit<RecordingOptions, "form">): void {
  if (kindOf(path) === "pipe") return;
  const first = new SegmentNames(path, segmenting, overwrite).next();
  if (!overwrite && isThere(first)) throw alreadyThere(first);
  const there = guarded(first, () => statSync(first, { throwIfNoEntry: false }));
  // To open a pipe that nobody reads would stop everything, Ctrl-C as well.
  if (there !== undefined && !there.isFile()) throw new RecordingError(`${first} is no file: choose another name`, false);
  guarded(first, () => accessSync(existsSync(first) ? first : `${dirname(first)}/.`, constants.W_OK));
}

/** A link that leads nowhere is there as well. */
function isThere(path: string): boolean {
  return guarded(path, () => lstatSync(path, { throwIfNoEntry: false })) !== undefined;
}

function guarded<Value>(path: string, look: () => Value): Value {
  try {
    return look();
  } catch (error) {
    throw writingError(path, error);
  }
}
