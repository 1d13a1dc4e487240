// The operator's token: from the file that --token-file or streamctl's own settings name, and proven to the daemon.
import { closeSync, openSync, readSync } from "node:fs";
import type { ControlClient } from "../client.ts";
import { RefusedError } from "../client-error.ts";
import { controlErrors } from "../contract/errors.ts";
import { explain } from "../system-error.ts";
import { UsageError } from "./usage-error.ts";

export type TokenOptions = {
  readonly tokenFile?: string;
  /** As `streamctl config set tokenFile` had it; the command line goes before it. */
  readonly tokenFileSetting?: string;
};

/** `place`: who named which file. */
export type Token = { readonly value: string; readonly place: string };

/** Null: nobody named one. Throws a UsageError. */
export function readToken({ tokenFile, tokenFileSetting }: TokenOptions): Token | null {
  if (tokenFile !== undefined) return readTokenFile(tokenFile, `--token-file ${tokenFile}`);
  if (tokenFileSetting !== undefined)
    return readTokenFile(tokenFileSetting, `the setting tokenFile (streamctl config) ${tokenFileSetting}`);
  return null;
}

/** Makes the client an operator's. */
export async function proveToken(client: ControlClient, { value, place }: Token): Promise<void> {
  try {
    await client.authenticate(value);
  } catch (error) {
    // The nonce is fresh: it is the token that does not fit.
    if (!(error instanceof RefusedError) || error.code !== controlErrors.wrongProof.code) throw error;
    throw new RefusedError(error.code, `${place}: the token is not this daemon's`, error.data);
  }
}

/** A hundred times what `head -c 32 /dev/urandom | base64` makes. */
const MOST_BYTES = 4096;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder",
};

/** Throws a UsageError that begins with the place. */
export function readTokenFile(path: string, place: string): Token {
  const value = readText(path, place).trim();
  if (value === "") throw new UsageError(`${place}: the file is empty; it should hold the operator's token`);
  return { value, place };
}

function readText(path: string, place: string): string {
  const bytes = readBeginning(path, place);
  if (bytes.length > MOST_BYTES) throw new UsageError(`${place}: the file has more than ${MOST_BYTES} bytes; that is no token`);
  return bytes.toString("utf8");
}

/** A byte more than a token may have, at the most: the file may be a film, or a device that never ends. */
function readBeginning(path: string, place: string): Buffer {
  const bytes = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  try {
    const fd = openSync(path, "r");
    try {
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(fd, bytes, length, bytes.length - length, null);
    } finally {
      closeSync(fd);
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw new UsageError(`${place}: ${explain(error, REASONS)}`);
  }
}
