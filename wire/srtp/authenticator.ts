/** HMAC-SHA1 (RFC 2104), cut to 80 bits (RFC 3711, section 4.2.1), by two hashes in one call each: that takes a third of what an object of Node's for each packet does. Pure. */

import { hash, timingSafeEqual } from "node:crypto";

export const TAG_BYTES = 10;
/** A message lies behind so many bytes that are free: a hash is over one piece of memory. */
export const FREE_BYTES = 64;
const HASH_BYTES = 20;

export class Authenticator {
  readonly #inner: Uint8Array;
  /** With room for the inner hash. */
  readonly #outer: Uint8Array;

  /** `key`: at most 64 bytes. */
  constructor(key: Uint8Array) {
    const padded = new Uint8Array(FREE_BYTES);
    padded.set(key);
    this.#inner = padded.map((byte) => byte ^ 0x36);
    this.#outer = new Uint8Array(FREE_BYTES + HASH_BYTES);
    this.#outer.set(padded.map((byte) => byte ^ 0x5c));
  }

  /** `room`: the free bytes, and the message. */
  tagOf(room: Uint8Array): Uint8Array {
    room.set(this.#inner);
    this.#outer.set(hash("sha1", room, "buffer"), FREE_BYTES);
    return hash("sha1", this.#outer, "buffer").subarray(0, TAG_BYTES);
  }

  isTagOf(room: Uint8Array, tag: Uint8Array): boolean {
    return timingSafeEqual(this.tagOf(room), tag);
  }
}
