/** One pass over an entry of the cache: pictures and sound come as the reader of the film gave them, in the same order and at the same times. */

import { basename } from "node:path";
import type { ItemReader, ItemSink } from "../item-reader.ts";
import type { Indexed } from "./entry-index.ts";
import type { StoredEntry } from "./stored-entry.ts";

export type CachedReader = ItemReader & {
  /** Where the first picture begins that is still to come and begins at this position or later; null if there is none. */
  readonly pictureFrom: (positionUs: number) => number | null;
};

/** Throws DamagedEntryError in a step. `path`: of the film, which may have another name by now. */
export function openCachedReader({ facts, index, read, comes, close }: StoredEntry, path: string): CachedReader {
  const { picture, soundStartUs, periodUs, video, audio, settings } = facts;
  const sampleUs = 1e6 / (settings.audio?.sampleRateHz ?? 1);
  const channels = settings.audio?.channels ?? 1;
  let next = 0;
  let soughtUs = -Infinity;
  let pictureFrom = 0;

  /** A picture stands until the next one comes, whatever it said itself. */
  const endOf = (block: Indexed, at: number): number =>
    block.kind === "picture"
      ? (pictureAfter(index, at)?.positionUs ?? block.endUs)
      : block.runStartUs + (block.offset + block.bytes / 2 / channels) * sampleUs;

  /** The first block from here on that reaches beyond the place that was sought. */
  const skip = (): Indexed | null => {
    let block = index.at(next);
    while (block !== null && endOf(block, next) <= soughtUs) block = index.at(++next);
    return block;
  };

  /** The next picture that comes. What was passed over on the way to it is not looked at again. */
  const nextPicture = (): Indexed | null => {
    pictureFrom = Math.max(pictureFrom, next);
    while (index.at(pictureFrom)?.kind === "sound") pictureFrom++;
    return index.at(pictureFrom);
  };

  /** Of what an entry holds everything comes. */
  const heldFromUs = (): number | null => {
    const block = nextPicture();
    return block?.kind === "picture" ? block.positionUs : null;
  };

  return {
    facts: { name: basename(path), durationMs: periodUs / 1000, video, audio },
    picture: picture === null ? null : { startUs: picture.startUs, expectedEndUs: () => picture.expectedEndUs ?? Infinity, heldFromUs },
    soundStartUs,
    // Nothing else is needed: each picture stands for itself.
    seek: (positionUs) => {
      soughtUs = positionUs;
    },
    passOver: () => {},
    comes: () => (comes !== undefined && skip() !== null ? comes(next) : null),
    step: (sink: ItemSink): boolean => {
      const block = skip();
      if (block === null) return false;
      if (block.kind === "sound") sink.sound(block.runStartUs, block.offset, samplesOf(read(next)));
      else {
        const at = next;
        const { positionUs, quality, width, height } = block;
        const isReduced = quality < settings.quality;
        const endUs = positionUs <= soughtUs ? endOf(block, at) : block.endUs;
        sink.encoded(positionUs, endUs, () =>
          block.bytes === 0 ? null : { jpeg: read(at), quality, width, height, isReduced, isOwn: true },
        );
      }
      next++;
      return true;
    },
    isWhole: () => index.at(next) === null,
    pictureFrom: (positionUs) => {
      for (let at = next; ; at++) {
        const block = index.at(at);
        if (block === null) return null;
        if (block.kind === "picture" && block.positionUs >= positionUs) return block.positionUs;
      }
    },
    close,
  };
}

function pictureAfter(index: StoredEntry["index"], at: number): Extract<Indexed, { kind: "picture" }> | null {
  for (let later = at + 1; ; later++) {
    const block = index.at(later);
    if (block === null || block.kind === "picture") return block;
  }
}

function samplesOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}
