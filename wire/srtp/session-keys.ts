/** From a master key to what the two protocols are encrypted and authenticated with (RFC 3711, section 4.3). Pure. */

import { createCipheriv } from "node:crypto";
import { Authenticator } from "./authenticator.ts";
import { Keystream, SALT_BYTES } from "./keystream.ts";

/** Master key and master salt, one behind the other, as RFC 4568 (section 6.2) has them in an SDP. */
export const MASTER_BYTES = 30;
/** RFC 4568, section 6.2. */
export const SRTP_SUITE = "AES_CM_128_HMAC_SHA1_80";

const KEY_BYTES = 16;
const AUTH_KEY_BYTES = 20;
const BLOCK_BYTES = 16;
/** Of the label in the 14 bytes that it is laid over: the key derivation rate is 0, so nothing stands behind it but its index, 0. */
const LABEL_AT = 7;

export type SessionKeys = { readonly keystream: Keystream; readonly authenticator: Authenticator };

/** Throws a RangeError for what is no master key: a mistake of the caller's. */
export function deriveSessionKeys(master: Uint8Array): { readonly rtp: SessionKeys; readonly rtcp: SessionKeys } {
  if (master.length !== MASTER_BYTES) throw new RangeError(`a master key has ${MASTER_BYTES} bytes, not ${master.length}`);
  return { rtp: keysFrom(master, 0), rtcp: keysFrom(master, 3) };
}

/** `firstLabel`: cipher key, authentication key and salt follow each other in section 4.3.2. */
function keysFrom(master: Uint8Array, firstLabel: number): SessionKeys {
  const cipherKey = deriveKey(master, firstLabel, KEY_BYTES);
  const authKey = deriveKey(master, firstLabel + 1, AUTH_KEY_BYTES);
  const salt = deriveKey(master, firstLabel + 2, SALT_BYTES);
  return { keystream: new Keystream(cipherKey, salt), authenticator: new Authenticator(authKey) };
}

/** The key of a label: AES in counter mode, its output cut off. */
export function deriveKey(master: Uint8Array, label: number, bytes: number): Uint8Array {
  const counter = new Uint8Array(BLOCK_BYTES);
  counter.set(master.subarray(KEY_BYTES));
  counter[LABEL_AT] = (counter[LABEL_AT] ?? 0) ^ label;
  return createCipheriv("aes-128-ctr", master.subarray(0, KEY_BYTES), counter).update(new Uint8Array(bytes));
}
