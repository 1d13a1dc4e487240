/**
 * Who keeps state in a directory: `state.owner` names the daemon. What one that has died has left is taken over, as is what is there of another boot or
 * another container, of which nobody can tell whether it lives.
 */

import { join } from "node:path";
import { makeDirectory } from "../../control/make-directory.ts";
import { becomeOwner, leaveOwnership, readOwner, stateOf } from "../source/cache/owner.ts";

const ownerFile = (directory: string): string => join(directory, "state.owner");

/** Takes the directory, and makes it where it is missing. Null: it is ours; else the number of the process that has it. */
export function claimState(directory: string): string | null {
  const path = ownerFile(directory);
  try {
    makeDirectory(directory);
    if (becomeOwner(path, (owner) => stateOf(owner) !== "alive")) return null;
  } catch {
    // Where this cannot be written, nothing can: it is told when something is to be written.
    return null;
  }
  const [pid = ""] = readOwner(path).split("-");
  return pid;
}

/** The number of the process that has the directory and lives; null: none. */
export function stateKeeper(directory: string): string | null {
  const owner = readOwner(ownerFile(directory));
  return stateOf(owner) === "alive" ? (owner.split("-")[0] ?? null) : null;
}

/** Another daemon may have it. */
export function leaveState(directory: string): void {
  leaveOwnership(ownerFile(directory));
}
