/**
 * AES in counter mode (RFC 3711, section 4.1.1), from one cipher in electronic codebook mode that stays: making a cipher for each packet takes three times as
 * long as this (docs/decisions/access.md). Pure.
 *
 *     counter   | salt ^ SSRC ^ index, 14 bytes | block, 16 bits |
 */

import { createCipheriv } from "node:crypto";
import type { Cipheriv } from "node:crypto";

export const SALT_BYTES = 14;
const BLOCK_BYTES = 16;
/** A block in words of 16 bits; the last one counts. */
const BLOCK_WORDS = 8;

export class Keystream {
  readonly #cipher: Cipheriv;
  readonly #salt: Uint8Array;
  /** As many as the longest packet has needed. */
  #counters = new Uint8Array(0);

  /** `key`: 16 bytes, `salt`: 14. */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    this.#salt = salt;
  }

  /** Encrypts, or decrypts, from there to the end in place, and spoils up to three bytes behind it. `bytes` and `from` lie at whole words of 32 bits. `index`: 48 bits, of the packet. */
  apply(bytes: Uint8Array, from: number, to: number, ssrc: number, index: number): void {
    if (to <= from) return;
    const stream = this.#take(Math.ceil((to - from) / BLOCK_BYTES), ssrc, index);
    const words = Math.ceil((to - from) / 4);
    const body = new Uint32Array(bytes.buffer, bytes.byteOffset + from, words);
    const key = new Uint32Array(stream.buffer, stream.byteOffset, words);
    for (let at = 0; at < words; at++) body[at] = (body[at] ?? 0) ^ (key[at] ?? 0);
  }

  #take(blocks: number, ssrc: number, index: number): Uint8Array {
    if (this.#counters.length < blocks * BLOCK_BYTES) this.#counters = numbered(blocks);
    const first = new Uint8Array(BLOCK_BYTES);
    first.set(this.#salt);
    const view = new DataView(first.buffer);
    view.setUint32(4, view.getUint32(4) ^ ssrc);
    view.setUint16(8, view.getUint16(8) ^ Math.floor(index / 2 ** 32));
    view.setUint32(10, view.getUint32(10) ^ (index % 2 ** 32));
    const from = new Uint16Array(first.buffer);
    const counters = new Uint16Array(this.#counters.buffer, 0, blocks * BLOCK_WORDS);
    for (let at = 0; at < counters.length; at += BLOCK_WORDS)
      for (let word = 0; word < BLOCK_WORDS - 1; word++) counters[at + word] = from[word] ?? 0;
    const stream = this.#cipher.update(this.#counters.subarray(0, blocks * BLOCK_BYTES));
    return stream.byteOffset % 4 === 0 ? stream : Uint8Array.from(stream);
  }
}

function numbered(blocks: number): Uint8Array<ArrayBuffer> {
  const counters = new Uint8Array(blocks * BLOCK_BYTES);
  const view = new DataView(counters.buffer);
  for (let block = 0; block < blocks; block++) view.setUint16(block * BLOCK_BYTES + SALT_BYTES, block);
  return counters;
}
