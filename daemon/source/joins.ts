/**
 * A film that was put together of parts (recordings, DVDs) may begin its times again in the middle. Each packet's time comes in, and what has to
 * be added to it so that the times go on. Pure. Times are µs, as the file has them.
 */

export type PacketTime = {
  readonly stream: number;
  /** When it is decoded: this never goes back in a stream of one part. */
  readonly decodingUs: number;
  /** When it is shown or heard; null where that is not said. */
  readonly startUs: number | null;
  readonly durationUs: number;
};

export type Joins = {
  /** Null: the sound has come to a join before the picture, by which it is measured. Ask again after a packet of the picture. */
  readonly offsetUs: (packet: PacketTime) => number | null;
  /** As above, without waiting for the picture. */
  readonly offsetUsNow: (packet: PacketTime) => number;
};

/** Damaged times go back a little; parts that are shorter than this are no parts. */
const MOST_BACK_US = 500_000;
/** Where nothing was received for a while the times leap forward. What leaps further is another part, as ffmpeg has it. */
const MOST_AHEAD_US = 10e6;
/** Packets around a join come mixed; of the parts before these nothing comes any more. */
const MOST_PARTS = 4;

/** `leadUs`: how long before it is shown a picture is decoded, at the least. */
type StreamEnd = { readonly decodingUs: number; readonly endUs: number; readonly leadUs: number };

/** `leader`: the stream whose end and beginning are put together, the picture; null if there is sound alone. */
export function createJoins(leader: number | null, firstOffsetUs = 0): Joins {
  /** What is added to the times of each part, the last one last. */
  let offsets: readonly number[] = [firstOffsetUs];
  /** Where each stream ends by now, on the times that go on. */
  const ends = new Map<number, StreamEnd>();
  let reachedUs: number | null = null;

  /** The part whose times fit best to what came before; null if none does. */
  const findOffset = ({ stream, decodingUs }: PacketTime): number | null => {
    if (reachedUs === null) return firstOffsetUs;
    const reached = reachedUs;
    const fromUs = (ends.get(stream)?.decodingUs ?? reached - MOST_AHEAD_US) - MOST_BACK_US;
    const distance = (offsetUs: number): number => Math.abs(decodingUs + offsetUs - reached);
    return offsets
      .filter((offsetUs) => decodingUs + offsetUs >= fromUs && decodingUs + offsetUs <= reached + MOST_AHEAD_US)
      .reduce<number | null>((best, offsetUs) => (best === null || distance(offsetUs) < distance(best) ? offsetUs : best), null);
  };

  const note = ({ stream, decodingUs, startUs, durationUs }: PacketTime, offsetUs: number): number => {
    const end = ends.get(stream);
    const leadUs = Math.min(end?.leadUs ?? Infinity, startUs === null ? Infinity : startUs - decodingUs);
    const endUs = (startUs ?? decodingUs + (Number.isFinite(leadUs) ? leadUs : 0)) + durationUs + offsetUs;
    ends.set(stream, { decodingUs: decodingUs + offsetUs, endUs: Math.max(end?.endUs ?? -Infinity, endUs), leadUs });
    reachedUs = Math.max(reachedUs ?? -Infinity, decodingUs + offsetUs);
    return offsetUs;
  };

  const begin = (packet: PacketTime, atUs: number): number => {
    const offsetUs = atUs - (packet.startUs ?? packet.decodingUs);
    offsets = [...offsets, offsetUs].slice(-MOST_PARTS);
    return note(packet, offsetUs);
  };

  const offsetUsNow = (packet: PacketTime): number => {
    const offsetUs = findOffset(packet);
    return offsetUs === null ? begin(packet, endOf(packet.stream)) : note(packet, offsetUs);
  };

  /** The picture goes on at its own end; sound that does not wait for it goes on behind everything. */
  const endOf = (stream: number): number => {
    const ownUs = ends.get(stream)?.endUs;
    if (ownUs !== undefined && (leader === null || stream === leader)) return ownUs;
    return Math.max(reachedUs ?? 0, ownUs ?? -Infinity);
  };

  return {
    offsetUs: (packet) => (leader === null || packet.stream === leader || findOffset(packet) !== null ? offsetUsNow(packet) : null),
    offsetUsNow,
  };
}
