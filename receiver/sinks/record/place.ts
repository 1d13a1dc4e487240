/** Whether the first file of a recording can be made: looked at before anything is received. */

import { accessSync, constants, existsSync, lstatSync } from "node:fs";
import { dirname } from "node:path";
import type { RecordingOptions } from "./recording.ts";
import { SegmentNames, kindOf } from "./segments.ts";
import { alreadyThere, writingError } from "./wav-file.ts";

/** Throws a RecordingError. */
export function refuseBadPlace({ path, segmenting, overwrite }: Omit<RecordingOptions, "form">): void {
  kindOf(path);
  const first = new SegmentNames(path, segmenting).next();
  if (!overwrite && isThere(first)) throw alreadyThere(first);
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
