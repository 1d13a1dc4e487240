// The operator's token: from the file that --token-file or streamctl's own settings name, and proven to the daemon.
import type { ControlClient } from "../client.ts";
import { RefusedError } from "../client-error.ts";
import { controlErrors } from "../contract/errors.ts";
import { readTokenFile } from "../token-file.ts";
import { UsageError } from "../usage-error.ts";

export type TokenOptions = {
  readonly tokenFile?: string;
  /** As `streamctl config set tokenFile` had it; the command line goes before it. */
  readonly tokenFileSetting?: string;
};

/** `place`: who named which file. */
export type Token = { readonly value: string; readonly place: string };

/** Null: nobody named one. Throws a UsageError. */
export function readToken({ tokenFile, tokenFileSetting }: TokenOptions): Token | null {
  if (tokenFile !== undefined) return readTokenAt(tokenFile, `--token-file ${tokenFile}`);
  if (tokenFileSetting !== undefined) return readTokenAt(tokenFileSetting, `the setting tokenFile (streamctl config) ${tokenFileSetting}`);
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

/** Throws a UsageError that begins with the place. */
export function readTokenAt(path: string, place: string): Token {
  const read = readTokenFile(path);
  if (!read.ok) throw new UsageError(`${place}: ${read.reason}`);
  return { value: read.value, place };
}
