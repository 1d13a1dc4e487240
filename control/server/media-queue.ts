// PURE. What a client that takes its channel over TCP has still to be sent: bounded by time, oldest whole picture dropped first.

/** What waits longer is of no use to anybody who watches. */
const MOST_WAIT_MS = 2000;
/** RTP/JPEG's payload type (RFC 3551); the lower 7 bits of a packet's second byte, behind the two bytes of its length. */
const JPEG = 26;
const TYPE_AT = 3;
const RTP_TS_AT = 6;

type Entry = {
  readonly bytes: Uint8Array;
  readonly atMs: number;
  /** RTP time of the picture that it is part of; null for everything else. */
  readonly picture: number | null;
};

export type MediaQueue = {
  /** A packet with its length before it (RFC 4571). */
  put(framed: Uint8Array, nowMs: number): void;
  take(): Uint8Array | null;
  readonly length: number;
  /** Packets that were given up. */
  readonly dropped: number;
};

export function createMediaQueue(): MediaQueue {
  let entries: Entry[] = [];
  let dropped = 0;
  /** A picture of which something has left goes on to its end: the rest of it would be of no use to anybody. */
  let leaving: number | null = null;

  /** The picture that is still coming in would lose its beginning alone. */
  function dropOldest(coming: number | null): void {
    const victim = entries.find(({ picture }) => picture !== null && picture !== leaving && picture !== coming) ?? entries[0];
    const picture = victim?.picture ?? null;
    const kept = entries.filter((entry) => (picture === null ? entry !== victim : entry.picture !== picture));
    dropped += entries.length - kept.length;
    entries = kept;
  }

  return {
    put(framed, nowMs) {
      const picture = pictureOf(framed);
      entries.push({ bytes: framed, atMs: nowMs, picture });
      // At least as much goes as comes: pictures as long as there are any, so that a line too narrow for both still carries the sound.
      if (nowMs - (entries[0]?.atMs ?? nowMs) > MOST_WAIT_MS) dropOldest(picture);
    },
    take() {
      const entry = entries.shift();
      leaving = entry?.picture ?? leaving;
      return entry?.bytes ?? null;
    },
    get length() {
      return entries.length;
    },
    get dropped() {
      return dropped;
    },
  };
}

function pictureOf(framed: Uint8Array): number | null {
  if (((framed[TYPE_AT] ?? 0) & 0x7f) !== JPEG) return null;
  return new DataView(framed.buffer, framed.byteOffset).getUint32(RTP_TS_AT);
}
