/**
 * Brings the demuxer of a file whose times begin again to a position: by its place in the file, since the same time is there several times. All
 * before it is read for that, some hundred MB in a second, without being decoded.
 */

import { AVSEEK_FLAG_BYTE } from "node-av/constants";
import { Packet } from "node-av/lib";
import { rewind, SOUND_RUN_UP_US } from "./file-seek.ts";
import type { MediaFile } from "./media-file.ts";
import { toUs } from "./media-time.ts";
import { openPacketRow } from "./packet-row.ts";

/** A small piece of work, some ms: the daemon hears of us in between. */
const PACKETS_PER_STEP = 500;

export type PartSearch = {
  /** Null as long as it goes on; then what is to be added to the times of the file there, µs. */
  readonly step: () => number | null;
  readonly close: () => void;
};

/** Call it before any packet is read. */
export function searchInParts(file: MediaFile, positionUs: number): PartSearch {
  const { demuxer, picture, sound, originUs } = file;
  const stream = picture ?? sound;
  const untilUs = originUs + positionUs - (picture === null ? SOUND_RUN_UP_US : 0);
  const packet = new Packet();
  packet.alloc();
  const row = openPacketRow(file);
  let key: { readonly atBytes: bigint; readonly offsetUs: number } | null = null;
  rewind(file);

  /** False: the packets from here on lie behind the position, or there are no more. */
  const read = (): boolean => {
    if (stream === null || row.read(packet) < 0) return false;
    const isOurs = packet.streamIndex === stream.index;
    const isBefore = !isOurs || (toUs(packet.pts, stream.timeBase) ?? -Infinity) <= untilUs;
    if (isOurs && isBefore && packet.isKeyframe && packet.pos >= 0n) key = { atBytes: packet.pos, offsetUs: row.offsetUs() };
    packet.unref();
    return isBefore;
  };

  const arrive = (): number => {
    if (key !== null && demuxer.seekFrameSync(-1, key.atBytes, AVSEEK_FLAG_BYTE) >= 0) return key.offsetUs;
    rewind(file);
    return 0;
  };

  return {
    step: () => {
      for (let count = 0; count < PACKETS_PER_STEP; count++) if (!read()) return arrive();
      return null;
    },
    close: () => {
      packet.free();
      row.close();
    },
  };
}
