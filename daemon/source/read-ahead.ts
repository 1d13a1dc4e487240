/** The encoded messages that wait to be written: bounded in ms and bytes, emptied by a seek. Pure. */

import type { SourceMessage } from "./messages.ts";

export type ReadAheadLimits = { readonly maxMs: number; readonly maxBytes: number };

export type ReadAhead = {
  readonly push: (message: SourceMessage, timelineUs: number) => void;
  readonly shift: () => SourceMessage | null;
  readonly clear: () => void;
  /** Drops pictures before a timeline time: nobody can use them any more. Sound stays, since it may have no gap. */
  readonly dropPicturesBefore: (timelineUs: number) => void;
  /**
   * Drops everything from the first picture on that lies `keepMs` or more after what is next. Returns its timeline time; null if nothing
   * lies so far ahead.
   */
  readonly dropAfter: (keepMs: number) => number | null;
  /** Less than half of `wantedMs`, or of what it may hold, is left. */
  readonly isLow: (wantedMs: number) => boolean;
  /** It has `wantedMs`, or all that it may hold. */
  readonly isFull: (wantedMs: number) => boolean;
  /** Media time that came in since `reachedUs()` was `fromUs`; after a `clear`, all that waits. */
  readonly cameMs: (fromUs: number | null) => number;
  /** Timeline time of the last message that came in; null after a `clear`. */
  readonly reachedUs: () => number | null;
  /** Timeline time of the last picture that waits or has gone; null if none came since a `clear`. */
  readonly lastPictureUs: () => number | null;
};

export function createReadAhead({ maxMs, maxBytes }: ReadAheadLimits): ReadAhead {
  let entries: { readonly message: SourceMessage; readonly timelineUs: number; readonly bytes: number }[] = [];
  // Messages before it have gone; the array is cut now and then, since a shift of each costs more.
  let first = 0;
  let bytes = 0;
  let reachedUs: number | null = null;
  let lastGonePictureUs: number | null = null;

  const waitingMs = (): number => {
    const head = entries[first];
    return head === undefined || reachedUs === null ? 0 : (reachedUs - head.timelineUs) / 1000;
  };

  return {
    push: (message, timelineUs) => {
      const size = messageBytes(message);
      entries.push({ message, timelineUs, bytes: size });
      bytes += size;
      reachedUs = Math.max(reachedUs ?? timelineUs, timelineUs);
    },
    shift: () => {
      const entry = entries[first];
      if (entry === undefined) return null;
      first++;
      bytes -= entry.bytes;
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
      bytes = 0;
      reachedUs = null;
      lastGonePictureUs = null;
    },
    dropPicturesBefore: (timelineUs) => {
      entries = entries.slice(first).filter((entry) => entry.message.kind !== "frame" || entry.timelineUs >= timelineUs);
      first = 0;
      bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    },
    dropAfter: (keepMs) => {
      const head = entries[first];
      const fromUs = (head?.timelineUs ?? 0) + keepMs * 1000;
      const cut = entries.slice(first).find((entry) => entry.message.kind === "frame" && entry.timelineUs >= fromUs);
      if (cut === undefined) return null;
      entries = entries.slice(first).filter((entry) => entry.timelineUs < cut.timelineUs);
      first = 0;
      bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
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

function messageBytes(message: SourceMessage): number {
  if (message.kind === "frame") return message.jpeg.length;
  return message.kind === "audio" ? message.pcm.length : 0;
}
