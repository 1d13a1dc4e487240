// The file that holds the operator's token, on either side of the control channel → the token, or why there is none in it.
import { closeSync, openSync, readSync } from "node:fs";
import { readingProblem, systemCode } from "./system-error.ts";

export type TokenFile =
  | { readonly ok: true; readonly value: string }
  /** To be put behind the file's path. */
  | { readonly ok: false; readonly kind: "missing" | "empty" | "unfit"; readonly reason: string };

/** A hundred times what `head -c 32 /dev/urandom | base64` makes. */
const MOST_BYTES = 4096;

export function readTokenFile(path: string): TokenFile {
  try {
    const bytes = readBeginning(path);
    if (bytes.length > MOST_BYTES)
      return { ok: false, kind: "unfit", reason: `the file has more than ${MOST_BYTES} bytes; that is no token` };
    const value = bytes.toString("utf8").trim();
    return value === ""
      ? { ok: false, kind: "empty", reason: "the file is empty; it should hold the operator's token" }
      : { ok: true, value };
  } catch (error) {
    return { ok: false, kind: systemCode(error) === "ENOENT" ? "missing" : "unfit", reason: readingProblem(error) };
  }
}

/** A byte more than a token may have, at the most: the file may be a film, or a device that never ends. */
function readBeginning(path: string): Buffer {
  const bytes = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  const fd = openSync(path, "r");
  try {
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(fd, bytes, length, bytes.length - length, null);
  } finally {
    closeSync(fd);
  }
  return bytes.subarray(0, length);
}
