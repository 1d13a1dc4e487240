/** The operator's token: from the file that the configuration names, else from the service's credential `token` (systemd's LoadCredential). */

import { join } from "node:path";
import { readTokenFile } from "../control/token-file.ts";

export type Token = { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly reason: string };

/** A value of null: there is none, and nobody becomes an operator over TCP. */
export function readToken(file: string | null, env: Readonly<Record<string, string | undefined>>): Token {
  if (file === null) return readCredential(env["CREDENTIALS_DIRECTORY"]);
  const read = readTokenFile(file);
  return read.ok ? read : { ok: false, reason: `control.operatorTokenFile: ${file}: ${read.reason}; ${REMEDIES[read.kind]}` };
}

const REMEDIES = {
  missing: "correct the path, or write a token into it",
  empty: "write one into it",
  unfit: "correct the path or its mode",
} as const;

function readCredential(directory: string | undefined): Token {
  if (directory === undefined) return { ok: true, value: null };
  const path = join(directory, "token");
  const read = readTokenFile(path);
  if (read.ok) return read;
  // The unit gives an empty one where the operator has written none; another unit than ours loads other credentials, or none.
  if (read.kind !== "unfit") return { ok: true, value: null };
  return { ok: false, reason: `the service's credential ${path}: ${read.reason}; correct what LoadCredential=token: names` };
}
