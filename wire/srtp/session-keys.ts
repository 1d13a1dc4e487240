/** From a master key to the keys of the two protocols (RFC 3711, section 4.3): AES in counter mode, its output cut into pieces. Pure. */

import { createCipheriv, createSecretKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** Master key and master salt, one behind the other, as RFC 4568 (section 6.2) has them in an SDP. */
export const MASTER_BYTES = 30;
/** RFC 4568, section 6.2. */
export const SRTP_SUITE = "AES_CM_128_HMAC_SHA1_80";

const KEY_BYTES = 16;
const SALT_BYTES = 14;
const AUTH_KEY_BYTES = 20;
const BLOCK_BYTES = 16;
/** Of the label in the 14 bytes that it is laid over: the key derivation rate is 0, so nothing stands behind it but its index, 0. */
const LABEL_AT = 7;

/** Key objects, since bytes would be made one for each packet: 8 µs a packet instead of 27. */
export type SessionKeys = {
  readonly cipherKey: KeyObject;
  readonly authKey: KeyObject;
  /** 14 bytes. */
  readonly salt: Uint8Array;
};

/** Throws a RangeError for what is no master key: a mistake of the caller's. */
export function deriveSessionKeys(master: Uint8Array): { readonly rtp: SessionKeys; readonly rtcp: SessionKeys } {
  if (master.length !== MASTER_BYTES) throw new RangeError(`a master key has ${MASTER_BYTES} bytes, not ${master.length}`);
  return { rtp: deriveFrom(master, 0), rtcp: deriveFrom(master, 3) };
}

/** `firstLabel`: cipher key, authentication key and salt follow each other in section 4.3.2. */
function deriveFrom(master: Uint8Array, firstLabel: number): SessionKeys {
  return {
    cipherKey: createSecretKey(derive(master, firstLabel, KEY_BYTES)),
    authKey: createSecretKey(derive(master, firstLabel + 1, AUTH_KEY_BYTES)),
    salt: derive(master, firstLabel + 2, SALT_BYTES),
  };
}

function derive(master: Uint8Array, label: number, bytes: number): Uint8Array {
  const counter = new Uint8Array(BLOCK_BYTES);
  counter.set(master.subarray(KEY_BYTES));
  counter[LABEL_AT] = (counter[LABEL_AT] ?? 0) ^ label;
  return createCipheriv("aes-128-ctr", master.subarray(0, KEY_BYTES), counter).update(new Uint8Array(bytes));
}

/** AES in counter mode over a packet's body (section 4.1.1): to encrypt is to decrypt. `index`: 48 bits, of the packet. */
export function applyKeystream(keys: SessionKeys, ssrc: number, index: number, body: Uint8Array): Uint8Array {
  const counter = new Uint8Array(BLOCK_BYTES);
  counter.set(keys.salt);
  const view = new DataView(counter.buffer);
  view.setUint32(4, view.getUint32(4) ^ ssrc);
  view.setUint16(8, view.getUint16(8) ^ Math.floor(index / 2 ** 32));
  view.setUint32(10, view.getUint32(10) ^ (index % 2 ** 32));
  return createCipheriv("aes-128-ctr", keys.cipherKey, counter).update(body);
}
