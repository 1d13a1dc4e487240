/** The stretch of an entry's file that is in memory, and the blocks in it: checked before anybody gets them. */

import { crc32 } from "node:zlib";
import type { EntryIndex, Indexed } from "./entry-index.ts";
import type { Stretch } from "./file-reads.ts";

/** So much is read at once where blocks follow each other: a quarter of a second of a film, in one call, into memory that stays. */
const READ_BYTES = 128 << 10;
/** A picture is at most 64 KiB by default, a run of sound a second: anything near this is no block of ours. */
const MOST_BLOCK_BYTES = 16 << 20;

/** A block is not what was written. */
export class DamagedEntryError extends Error {
  override readonly name = "DamagedEntryError";
}

export class BlockWindow {
  readonly #index: EntryIndex;
  #memory = Buffer.alloc(READ_BYTES);
  #held: Stretch | null = null;

  constructor(index: EntryIndex) {
    this.#index = index;
  }

  /** Whether a block, by its number, can be taken at once. One that is no block can: it is refused then. */
  holds(number: number): boolean {
    const block = this.#index.at(number);
    return block === null || !isBlock(block) || placeIn(this.#held, block) !== null;
  }

  /** What is to be read for this block: it, and as far as blocks follow in the file. What was held until now is gone. Throws DamagedEntryError. */
  begin(number: number): Stretch {
    const first = this.#block(number);
    let end = first.place + first.bytes;
    for (let step = 1, next = this.#index.at(number + 1); next !== null; next = this.#index.at(number + ++step)) {
      if (next.place < end || next.place + next.bytes - first.place > READ_BYTES) break;
      end = next.place + next.bytes;
    }
    const length = end - first.place;
    if (length > this.#memory.length) this.#memory = Buffer.alloc(length);
    this.#held = null;
    return { place: first.place, bytes: this.#memory.subarray(0, length) };
  }

  /** So many bytes of it have come. One that is cut off holds nothing: its blocks are refused. */
  end(stretch: Stretch, came: number): void {
    if (came === stretch.bytes.length) this.#held = stretch;
  }

  /** The block's bytes, in a buffer of their own. Throws DamagedEntryError. */
  take(number: number): Uint8Array {
    const block = this.#block(number);
    const from = placeIn(this.#held, block);
    if (this.#held === null || from === null) throw new DamagedEntryError("it ends too early, or cannot be read");
    const payload = this.#held.bytes.subarray(from, from + block.bytes);
    if (crc32(payload) !== block.crc) throw new DamagedEntryError("a block has another checksum");
    return new Uint8Array(payload);
  }

  #block(number: number): Indexed {
    const block = this.#index.at(number);
    if (block === null || !isBlock(block)) throw new DamagedEntryError("it has no such block");
    return block;
  }
}

/** Sound comes in whole samples. */
function isBlock({ kind, bytes }: Indexed): boolean {
  return bytes <= MOST_BLOCK_BYTES && (kind === "picture" || bytes % 2 === 0);
}

function placeIn(held: Stretch | null, { place, bytes }: Indexed): number | null {
  if (held === null || place < held.place || place + bytes > held.place + held.bytes.length) return null;
  return place - held.place;
}
