/** The packets of a file one after the other, with times that go on where the file's own begin again. */

import type { Packet } from "node-av/lib";
import { createJoins, type Joins, type PacketTime } from "./joins.ts";
import type { MediaFile } from "./media-file.ts";
import { NO_TIMESTAMP, toUs } from "./media-time.ts";

/** Here recordings are put together without their times being changed, in Ogg those of a radio, a song behind the other. */
const MAY_BEGIN_AGAIN: ReadonlySet<string | null> = new Set(["mpegts", "mpeg", "ogg"]);
/** Sound that waits at a join for the picture, which follows a second or so later: some ten seconds of it. */
const MOST_HELD = 500;

export type PacketRow = {
  /** Fills the packet; negative at the end of the file or after an error of reading. */
  readonly read: (packet: Packet) => number;
  /** What was added to the times of the packet that was read last, µs. */
  readonly offsetUs: () => number;
  readonly close: () => void;
};

/** `fromOffsetUs`: what is added to the times of the part in which the demuxer is. */
export function openPacketRow(file: MediaFile, fromOffsetUs = 0): PacketRow {
  const { demuxer } = file;
  return mayBeginAgain(file)
    ? openJoinedRow(file, createJoins(file.picture?.index ?? null, fromOffsetUs))
    : { read: (packet) => demuxer.readFrameSync(packet), offsetUs: () => 0, close: () => {} };
}

/** Whether it is of a kind whose times may begin again. */
export function mayBeginAgain({ demuxer }: MediaFile): boolean {
  return MAY_BEGIN_AGAIN.has(demuxer.iformat?.name ?? null);
}

function openJoinedRow(file: MediaFile, joins: Joins): PacketRow {
  const { demuxer } = file;
  /** Sound behind a join that the picture has not come to. */
  let held: readonly Packet[] = [];
  /** After the last packet: what the demuxer said. */
  let endStatus: number | null = null;
  let offsetUs = 0;

  const place = (packet: Packet, wait: boolean): boolean => {
    const time = timeOf(file, packet);
    const found = time === null ? offsetUs : wait ? joins.offsetUs(time) : joins.offsetUsNow(time);
    if (found === null) return false;
    offsetUs = found;
    if (offsetUs !== 0) shift(file, packet, offsetUs);
    return true;
  };

  const readHeld = (packet: Packet): boolean => {
    const [first] = held;
    if (first === undefined || !place(first, endStatus === null && held.length < MOST_HELD)) return false;
    held = held.slice(1);
    packet.ref(first);
    first.free();
    return true;
  };

  const readNext = (packet: Packet): number => {
    for (;;) {
      const status = demuxer.readFrameSync(packet);
      if (status < 0) {
        endStatus = status;
        return readHeld(packet) ? 0 : status;
      }
      const isBehindHeld = held.some(({ streamIndex }) => streamIndex === packet.streamIndex);
      if (!isBehindHeld && place(packet, true)) return status;
      const copy = packet.clone();
      if (copy !== null) held = [...held, copy];
      packet.unref();
      if (readHeld(packet)) return 0;
    }
  };

  return {
    read: (packet) => (readHeld(packet) ? 0 : (endStatus ?? readNext(packet))),
    offsetUs: () => offsetUs,
    close: () => {
      for (const packet of held) packet.free();
      held = [];
    },
  };
}

/** Null for a packet without times, and for one of a stream that is not played. */
function timeOf({ picture, sound }: MediaFile, { streamIndex, pts, dts, duration }: Packet): PacketTime | null {
  const stream = [picture, sound].find((candidate) => candidate?.index === streamIndex);
  if (stream === null || stream === undefined) return null;
  const startUs = toUs(pts, stream.timeBase);
  const decodingUs = toUs(dts, stream.timeBase) ?? startUs;
  if (decodingUs === null) return null;
  return { stream: streamIndex, decodingUs, startUs, durationUs: toUs(duration, stream.timeBase) ?? 0 };
}

function shift({ demuxer }: MediaFile, packet: Packet, offsetUs: number): void {
  const base = demuxer.streams[packet.streamIndex]?.timeBase;
  if (base === undefined) return;
  const ticks = BigInt(Math.round((offsetUs * base.den) / (base.num * 1e6)));
  if (packet.pts !== NO_TIMESTAMP) packet.pts += ticks;
  if (packet.dts !== NO_TIMESTAMP) packet.dts += ticks;
}
