/** One pass over an entry of the cache: pictures and sound come as the reader of the film gave them, in the same order and at the same times. */

import { basename } from "node:path";
import type { ItemReader, ItemSink } from "../item-reader.ts";
import type { Indexed } from "./entry-index.ts";
import type { StoredEntry } from "./stored-entry.ts";

/** Throws DamagedEntryError in a step. `path`: of the film, which may have another name by now. */
export function openCachedReader({ facts, index, read, close }: StoredEntry, path: string): ItemReader {
  const { picture, soundStartUs, periodUs, video, audio, settings } = facts;
  const sampleUs = 1e6 / (settings.audio?.sampleRateHz ?? 1);
  const channels = settings.audio?.channels ?? 1;
  let next = 0;

  const endOf = (block: Indexed): number =>
    block.kind === "picture" ? block.endUs : block.runStartUs + (block.offset + block.bytes / 2 / channels) * sampleUs;

  return {
    facts: { name: basename(path), durationMs: periodUs / 1000, video, audio },
    picture: picture === null ? null : { startUs: picture.startUs, expectedEndUs: () => picture.expectedEndUs ?? Infinity },
    soundStartUs,
    // Nothing before the first block that reaches beyond the position is needed: each picture stands for itself.
    seek: (positionUs) => {
      for (let block = index.at(next); block !== null && endOf(block) <= positionUs; block = index.at(++next));
    },
    passOver: () => {},
    step: (sink: ItemSink): boolean => {
      const block = index.at(next);
      if (block === null) return false;
      if (block.kind === "sound") sink.sound(block.runStartUs, block.offset, samplesOf(read(next)));
      else {
        const at = next;
        const { positionUs, endUs, quality, width, height } = block;
        sink.encoded(positionUs, endUs, () => (block.bytes === 0 ? null : { jpeg: read(at), quality, width, height }));
      }
      next++;
      return true;
    },
    isWhole: () => index.at(next) === null,
    close,
  };
}

function samplesOf(bytes: Uint8Array): Int16Array {
  // A view of 16-bit numbers begins at an even place only.
  const { buffer, byteOffset, length } = bytes.byteOffset % 2 === 0 ? bytes : Uint8Array.from(bytes);
  return new Int16Array(buffer, byteOffset, length / 2);
}
