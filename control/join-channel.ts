// Joining a channel, with a pass where it wants one, and the keys of one that is encrypted.
import type { ControlClient } from "./client.ts";
import { RefusedError } from "./client-error.ts";
import type { ParamsInput, Result } from "./contract/contract.ts";
import { controlErrors } from "./contract/errors.ts";
import { MASTER_BYTES } from "../wire/srtp/index.ts";
import { decryptWith, noncesOf, passProof, type Pass } from "./pass.ts";
import { freshNonce } from "./proof.ts";

export type ChannelKeys = {
  /** 30 bytes each, SRTP's master key and salt: the one in effect, and while it changes the next one. */
  readonly masters: readonly Uint8Array[];
  /** How often sequence numbers had begun again from 0. */
  readonly rollover: { readonly video: number; readonly audio: number };
};

export type JoinedChannel = {
  readonly joined: Result<"session.join">;
  /** Null: it is not encrypted. */
  readonly keys: ChannelKeys | null;
};

/** Asking again makes no pass good. */
export function isForWantOfPass(error: unknown): boolean {
  return error instanceof RefusedError && error.code === controlErrors.noPass.code;
}

/** Throws what the client throws. On the same connection it is the same session again, with the keys as they are by now. */
export async function joinChannel(
  client: ControlClient,
  params: Omit<ParamsInput<"session.join">, "pass">,
  pass: Pass | null,
): Promise<JoinedChannel> {
  const nonce = freshNonce();
  const nonces = pass === null ? "" : noncesOf((await client.call("server.hello", { client: "streamctl" })).nonce, nonce);
  const proof = pass === null ? {} : { pass: { id: pass.id, nonce, proof: passProof(pass, params.channel, nonces) } };
  const joined = await client.call("session.join", { ...params, ...proof });
  const { protection } = joined;
  if (protection === undefined) return { joined, keys: null };
  const { encrypted, keys, rollover } = protection;
  const masters = keys.map((key) => {
    // Who has proved a pass is answered so that nobody else reads it, or, in the daemon's place, makes it.
    if (encrypted !== (pass !== null)) return null;
    return pass === null ? Uint8Array.from(Buffer.from(key, "base64")) : decryptWith(pass, nonces, key);
  });
  const good = masters.flatMap((master) => (master?.length === MASTER_BYTES ? [master] : []));
  if (good.length === 0 || good.length < masters.length)
    throw new RefusedError(0, `the key of ${params.channel} came other than it was sent`, null);
  return { joined, keys: { masters: good, rollover } };
}
