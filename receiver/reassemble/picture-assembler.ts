/**
 * Pictures from the fragments that carry them (RFC 2435): in any order, each whole or not at all. Pure.
 * Keeps what has come until it is taken or dropped; bounded in pictures and bytes.
 */

import { buildJpegFile, parseJpegPayload, quantizationTables } from "../../wire/jpeg/index.ts";
import type { JpegPayload } from "../../wire/jpeg/index.ts";
import { accepted, refused } from "../../wire/parsed.ts";
import type { Parsed } from "../../wire/parsed.ts";

/** The highest rate that any channel of ours can have. */
const MOST_FPS = 240;
/** Beyond the latency: what has come and whose time is not known yet. */
const SPARE_MS = 1000;
/** The longest latency of pictures at that rate is less; a stranger's, or a flood, ends here. */
const MOST_BYTES = 256 << 20;
/** What a packet costs beside its bytes: a flood of tiny ones is counted as well. */
const FRAGMENT_BYTES = 256;
/** Ours are under 64 KiB; a stranger's camera may send more. */
const MOST_BYTES_OF_PICTURE = 2 << 20;
/** A byte a fragment would be legal: what a picture of ours could be cut into with the smallest packets, and more. */
const MOST_FRAGMENTS = 16_384;
const FIRST_IN_BAND_Q = 128;

/** Pictures wait here while the size changes, and it may change again before they are shown. */
const KNOWN_SIZES = 4;

export type Size = { readonly width: number; readonly height: number };
export type AssembledPicture = Size & { readonly jpeg: Uint8Array };

type Pending = {
  readonly rtpTs: number;
  readonly first: JpegPayload;
  readonly fragments: Map<number, Uint8Array>;
  tables: Uint8Array | null;
  bytes: number;
  /** Known from the last fragment. */
  endBytes: number | null;
};

export class PictureAssembler {
  /** In the order of their times. */
  #pending: Pending[] = [];
  readonly #tablesOfQ = new Map<number, Uint8Array>();
  /** The newest first. */
  #sizes: readonly Size[];
  readonly #mostPictures: number;
  #heldBytes = 0;
  #overflows = 0;

  /** `size`: pixels that are to be seen, where that is known; the wire carries multiples of 8. `latencyMs`: so long pictures wait here. */
  constructor(size: Size | null, latencyMs: number) {
    this.#sizes = size === null ? [] : [size];
    this.#mostPictures = Math.ceil(((latencyMs + SPARE_MS) * MOST_FPS) / 1000);
  }

  setSize(size: Size): void {
    this.#sizes = [size, ...this.#sizes].slice(0, KNOWN_SIZES);
  }

  /** Pictures that were given up since there was no room. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Takes one packet's payload; `rtpTs` extended, `isLast` the marker. Refuses what does not belong into a picture. */
  push(rtpTs: number, payload: Uint8Array, isLast: boolean): Parsed<null> {
    const parsed = parseJpegPayload(payload);
    if (!parsed.ok) return parsed;
    const { value } = parsed;
    const pending = this.#find(rtpTs, value);
    if (pending === null) return refused("RTP/JPEG: fragments of one picture that do not belong together");
    const { fragmentOffset, scan } = value;
    if (fragmentOffset + scan.length > MOST_BYTES_OF_PICTURE || pending.fragments.size >= MOST_FRAGMENTS)
      return refused("RTP/JPEG: a picture is too large");
    if (pending.fragments.has(fragmentOffset)) return accepted(null);
    pending.fragments.set(fragmentOffset, scan);
    pending.bytes += scan.length;
    this.#heldBytes += FRAGMENT_BYTES + scan.length;
    if (isLast) pending.endBytes = fragmentOffset + scan.length;
    if (fragmentOffset === 0) pending.tables = this.#tablesFor(value);
    while (this.#heldBytes > MOST_BYTES) this.#giveUpOldest();
    return accepted(null);
  }

  /** Time of the oldest picture, whole or not; null if there is none. */
  get oldest(): { readonly rtpTs: number; readonly isWhole: boolean } | null {
    const [pending] = this.#pending;
    return pending === undefined ? null : { rtpTs: pending.rtpTs, isWhole: isWhole(pending) };
  }

  /** Time of the oldest whole picture; null if there is none. */
  get oldestWhole(): number | null {
    return this.#pending.find(isWhole)?.rtpTs ?? null;
  }

  get newestRtpTs(): number | null {
    return this.#pending.at(-1)?.rtpTs ?? null;
  }

  /** Removes the oldest picture; null if it has a hole, or its parts do not fit together. */
  takeOldest(): AssembledPicture | null {
    const pending = this.#shift();
    return pending === undefined || !isWhole(pending) ? null : this.#build(pending);
  }

  clear(): void {
    this.#pending = [];
    this.#heldBytes = 0;
  }

  #shift(): Pending | undefined {
    const pending = this.#pending.shift();
    if (pending !== undefined) this.#heldBytes -= pending.bytes + FRAGMENT_BYTES * pending.fragments.size;
    return pending;
  }

  #giveUpOldest(): void {
    this.#shift();
    this.#overflows++;
  }

  #find(rtpTs: number, payload: JpegPayload): Pending | null {
    const known = this.#pending.findLast((pending) => pending.rtpTs === rtpTs);
    if (known !== undefined) return isSamePicture(known.first, payload) ? known : null;
    if (this.#pending.length >= this.#mostPictures) this.#giveUpOldest();
    const pending: Pending = { rtpTs, first: payload, fragments: new Map(), tables: null, bytes: 0, endBytes: null };
    const after = this.#pending.findLastIndex((other) => other.rtpTs < rtpTs);
    this.#pending.splice(after + 1, 0, pending);
    return pending;
  }

  /** Tables in band count for later pictures of the same Q as well, but for 255 (section 4.2). */
  #tablesFor({ q, tables }: JpegPayload): Uint8Array | null {
    const known = this.#tablesOfQ.get(q);
    if (tables === null) {
      if (known !== undefined || q >= FIRST_IN_BAND_Q) return known ?? null;
      const computed = quantizationTables(q);
      this.#tablesOfQ.set(q, computed);
      return computed;
    }
    if (q === 255) return tables;
    const kept = Uint8Array.from(tables);
    this.#tablesOfQ.set(q, kept);
    return kept;
  }

  #build({ first, fragments, tables }: Pending): AssembledPicture | null {
    if (tables === null) return null;
    const scans = [...fragments].toSorted(([a], [b]) => a - b);
    let at = 0;
    for (const [offset, scan] of scans) {
      if (offset !== at) return null;
      at += scan.length;
    }
    const size = this.#sizeOf(first);
    const restartInterval = first.restart?.interval ?? 0;
    const header = { type: first.type, ...size, tables, restartInterval };
    return {
      ...size,
      jpeg: buildJpegFile(
        header,
        scans.map(([, scan]) => scan),
      ),
    };
  }

  /** The blocks are the same for the size that was announced and for the next multiple of 8: the file can be given its own size back. */
  #sizeOf({ width, height }: JpegPayload): Size {
    const told = this.#sizes.find((size) => roundedUp(size.width) === width && roundedUp(size.height) === height);
    return told === undefined ? { width, height } : { width: told.width, height: told.height };
  }
}

function isWhole({ bytes, endBytes }: Pending): boolean {
  return endBytes !== null && bytes === endBytes;
}

function isSamePicture(a: JpegPayload, b: JpegPayload): boolean {
  return (
    a.type === b.type &&
    a.q === b.q &&
    a.width === b.width &&
    a.height === b.height &&
    (a.restart?.interval ?? 0) === (b.restart?.interval ?? 0)
  );
}

function roundedUp(side: number): number {
  return Math.ceil(side / 8) * 8;
}
