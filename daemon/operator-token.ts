/** The operator's token: from the file that the configuration names, else from the service's credential `token` (systemd's LoadCredential). */

import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Token = { readonly ok: true; readonly value: string | null } | { readonly ok: false; readonly reason: string };

/** A value of null: there is none, and nobody becomes an operator over TCP. */
export function readToken(file: string | null, env: Readonly<Record<string, string | undefined>>): Token {
  if (file === null) return { ok: true, value: readCredential(env["CREDENTIALS_DIRECTORY"]) };
  try {
    const value = readFileSync(file, "utf8").trim();
    return value === "" ? { ok: false, reason: `control.operatorTokenFile: ${file} is empty; write a token into it` } : { ok: true, value };
  } catch (error) {
    return {
      ok: false,
      reason: `control.operatorTokenFile: ${error instanceof Error ? error.message : String(error)}; correct the path or its mode`,
    };
  }
}

/** The unit gives an empty one where the operator has written none. */
function readCredential(directory: string | undefined): string | null {
  if (directory === undefined) return null;
  try {
    return readFileSync(join(directory, "token"), "utf8").trim() || null;
  } catch {
    // Another unit than ours: it loads other credentials, or none.
    return null;
  }
}
