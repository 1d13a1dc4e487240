/** Why a path cannot be read, by the system's name of the error: one line for a person, with the path and the remedy. Without the media engine. */

import { codeOf } from "./cache/trouble.ts";

/** What Node puts for bytes of a name that are not UTF-8 (Latin-1, from an old disk): the name leads nowhere then. */
const REPLACEMENT = "\uFFFD";

export type Unreadable = { readonly isMissing: boolean; readonly message: string };

/** `what` should be there. */
export function explainUnreadable(path: string, what: "file" | "file or directory", cause: unknown): Unreadable {
  const code = codeOf(cause);
  const isMissing = code === "ENOENT" || code === "ENOTDIR";
  if (isMissing && path.includes(REPLACEMENT))
    return { isMissing, message: `${path}: its name is not UTF-8, so that it cannot be opened; rename it` };
  if (isMissing) return { isMissing, message: `${path}: there is no such ${what}; check the path` };
  if (code !== "EACCES" && code !== "EPERM") {
    return { isMissing, message: `${path}: it cannot be read (${code}); check the path, and the disk or the server that it lies on` };
  }
  // Its own permissions do not matter to stat.
  const remedy =
    cause instanceof Error && "syscall" in cause && cause.syscall === "stat"
      ? "no permission to reach it; make its folders readable for the user that runs streamerd"
      : "no permission to read it; make it readable for the user that runs streamerd";
  return { isMissing, message: `${path}: ${remedy}` };
}
