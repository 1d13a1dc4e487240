/**
 * The encoded messages that wait to be written: bounded in ms and bytes, emptied by a seek. What is to be made anew waits on until what takes its place has come, so that
 * nothing is missing however long that takes. Pure.
 */

import type { SourceMessage } from "./messages.ts";

export type ReadAheadLimits = { readonly maxMs: number; readonly maxBytes: number };

export type ReadAhead = {
  readonly push: (message: SourceMessage, timelineUs: number) => void;
  readonly shift: () => SourceMessage | null;
  readonly clear: () => void;
  /** Drops pictures before a timeline time: nobody can use them any more. Sound stays, since it may have no gap. */
  readonly dropPicturesBefore: (timelineUs: number) => void;
  /**
   * From the first picture on that lies `keepMs` or more after what is next, pictures are to come anew: each leaves as it is unless one that comes from now on takes its place before; sound stays.
   * Returns the timeline time of that picture; null if nothing lies so far ahead.
   */
  readonly replaceAfter: (keepMs: number) => number | null;
  /** Less than half of `wantedMs`, or of what it may hold, is left. */
  readonly isLow: (wantedMs: number) => boolean;
  /** It has `wantedMs`, or all that it may hold. */
  readonly isFull: (wantedMs: number) => boolean;
  /** Media time that came in since `reachedUs()` was `fromUs`; after a `clear`, all that waits. */
  readonly cameMs: (fromUs: number | null) => number;
  /** Timeline time of the last message that came in, without what is to be replaced; null after a `clear`. */
  readonly reachedUs: () => number | null;
  /** Timeline time of the last picture that waits or has gone, without what is to be replaced; null if none came since a `clear`. */
  readonly lastPictureUs: () => number | null;
};

type Entry = { readonly message: SourceMessage; readonly timelineUs: number; readonly bytes: number };

/** More than a piece of sound: where sound is made anew, it goes on so long before the end of what stays, and comes twice. */
const SOUND_OVERLAP_US = 200_000;
/** Less than any interval between pictures: the times of one that is made twice may differ by less. */
export const ROUNDING_US = 1000;

export function createReadAhead({ maxMs, maxBytes }: ReadAheadLimits): ReadAhead {
  let entries: Entry[] = [];
  // Messages before it have gone; the array is cut now and then, since a shift of each costs more.
  let first = 0;
  /** Behind the entries as they were when they were to be replaced: pictures that are, and sound that stays. */
  let former: Entry[] = [];
  let formerSoundUs = -Infinity;
  let formerEndUs = -Infinity;
  /** Of the entries: what is to be replaced takes no room from what replaces it, which would else come only when half of the former has gone; for that time there may be twice as much. */
  let bytes = 0;
  let reachedUs: number | null = null;
  let lastGonePictureUs: number | null = null;

  /** Both are in order of their times. */
  const isFormerNext = (): boolean => {
    const [old, entry] = [former[0], entries[first]];
    return old !== undefined && (entry === undefined || old.timelineUs < entry.timelineUs);
  };

  const nextEntry = (): Entry | undefined => (isFormerNext() ? former[0] : entries[first]);

  /** What comes as it is wanted goes before what was made before; false if that has gone already. */
  const takesPlace = ({ kind }: SourceMessage, timelineUs: number): boolean => {
    if (kind === "audio") return timelineUs > formerSoundUs - SOUND_OVERLAP_US;
    if (former.length > 0)
      former = former.filter(({ message, timelineUs: oldUs }) => message.kind === "audio" || oldUs > timelineUs + ROUNDING_US);
    const hasGone = timelineUs < formerEndUs && lastGonePictureUs !== null && timelineUs <= lastGonePictureUs + ROUNDING_US;
    return kind !== "frame" || !hasGone;
  };

  const waitingMs = (): number => {
    const head = nextEntry();
    return head === undefined || reachedUs === null ? 0 : (reachedUs - head.timelineUs) / 1000;
  };

  return {
    push: (message, timelineUs) => {
      reachedUs = Math.max(reachedUs ?? timelineUs, timelineUs);
      if (!takesPlace(message, timelineUs)) return;
      const size = messageBytes(message);
      entries.push({ message, timelineUs, bytes: size });
      bytes += size;
    },
    shift: () => {
      const isFormer = isFormerNext();
      const entry = isFormer ? former.shift() : entries[first];
      if (entry === undefined) return null;
      if (!isFormer) {
        first++;
        bytes -= entry.bytes;
      }
      if (entry.message.kind === "frame") lastGonePictureUs = entry.timelineUs;
      if (first === entries.length || first > 256) {
        entries = entries.slice(first);
        first = 0;
      }
      return entry.message;
    },
    clear: () => {
      entries = [];
      first = 0;
      former = [];
      formerSoundUs = -Infinity;
      formerEndUs = -Infinity;
      bytes = 0;
      reachedUs = null;
      lastGonePictureUs = null;
    },
    dropPicturesBefore: (timelineUs) => {
      const isKept = (entry: Entry): boolean => entry.message.kind !== "frame" || entry.timelineUs >= timelineUs;
      entries = entries.slice(first).filter(isKept);
      first = 0;
      former = former.filter(isKept);
      bytes = bytesOf(entries);
    },
    replaceAfter: (keepMs) => {
      const all = [...entries.slice(first), ...former].toSorted((one, other) => one.timelineUs - other.timelineUs);
      // Of what is in order: an item that is told again lies a little behind the sound with it, and what was to be replaced before may not begin earlier now.
      const fromUs = (all[0]?.timelineUs ?? 0) + keepMs * 1000;
      const cut = all.find(({ message, timelineUs }) => message.kind === "frame" && timelineUs >= fromUs);
      if (cut === undefined) return null;
      entries = all.filter(({ timelineUs }) => timelineUs < cut.timelineUs);
      first = 0;
      bytes = bytesOf(entries);
      former = all.filter(({ timelineUs }) => timelineUs >= cut.timelineUs);
      formerSoundUs = former.findLast(({ message }) => message.kind === "audio")?.timelineUs ?? -Infinity;
      formerEndUs = (former.at(-1)?.timelineUs ?? -Infinity) + ROUNDING_US;
      reachedUs = entries.at(-1)?.timelineUs ?? null;
      return cut.timelineUs;
    },
    isLow: (wantedMs) => waitingMs() < Math.min(wantedMs, maxMs) / 2 && bytes < maxBytes / 2,
    isFull: (wantedMs) => waitingMs() >= Math.min(wantedMs, maxMs) || bytes >= maxBytes,
    cameMs: (fromUs) => (reachedUs === null || fromUs === null ? waitingMs() : (reachedUs - fromUs) / 1000),
    reachedUs: () => reachedUs,
    lastPictureUs: () =>
      entries.findLast(({ message }, index) => index >= first && message.kind === "frame")?.timelineUs ?? lastGonePictureUs,
  };
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes, 0);
}

function messageBytes(message: SourceMessage): number {
  if (message.kind === "frame") return message.jpeg.length;
  return message.kind === "audio" ? message.pcm.length : 0;
}
