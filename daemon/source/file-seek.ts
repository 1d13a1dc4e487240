/** Brings a file's demuxer to the last place from which everything behind a position can be decoded. */

import { AVSEEK_FLAG_BACKWARD, AVSEEK_FLAG_BYTE } from "node-av/constants";
import { Packet, type Stream } from "node-av/lib";
import type { MediaFile } from "./media-file.ts";
import { fromUs, NO_TIMESTAMP, toUs } from "./media-time.ts";

/** Here FFmpeg searches by time alone, and finds a picture that needs others before it. */
const SEARCHED_BY_TIME: ReadonlySet<string | null> = new Set(["mpegts", "mpeg"]);
/** Most key pictures are closer together; for others it is looked four times as far back, and so on. */
const KEY_MARGIN_US = 2e6;

/** False: there is no such place, and the file is read from its beginning. Call it before any packet is read. */
export function seekFile(file: MediaFile, positionUs: number): boolean {
  const { demuxer, picture, sound, originUs } = file;
  const stream = picture ?? sound;
  if (stream === null) return false;
  const isThere =
    stream === picture && SEARCHED_BY_TIME.has(demuxer.iformat?.name ?? null)
      ? seekKeyPicture(file, picture, positionUs)
      : seek(file, stream, fromUs(originUs + positionUs, stream.timeBase));
  // A search that failed may have read to the end.
  if (!isThere) rewind(file);
  return isThere;
}

function seekKeyPicture(file: MediaFile, picture: Stream, positionUs: number): boolean {
  const { originUs } = file;
  for (let marginUs = KEY_MARGIN_US; ; marginUs *= 4) {
    const isWhole = marginUs >= positionUs;
    if (isWhole) rewind(file);
    else if (!seek(file, picture, fromUs(originUs + positionUs - marginUs, picture.timeBase))) return false;
    const keyTime = findLastKey(file, picture, originUs + positionUs);
    if (keyTime !== null) return seek(file, picture, keyTime);
    if (isWhole) return false;
  }
}

/** Reads on to the time: the decoding time of the last key picture that is shown at it or before; null if none comes. */
function findLastKey({ demuxer }: MediaFile, { index, timeBase }: Stream, untilUs: number): bigint | null {
  const packet = new Packet();
  packet.alloc();
  let keyTime: bigint | null = null;
  for (let isBefore = true; isBefore && demuxer.readFrameSync(packet) >= 0; packet.unref()) {
    if (packet.streamIndex !== index) continue;
    const { pts, dts } = packet;
    isBefore = (toUs(pts, timeBase) ?? toUs(dts, timeBase) ?? -Infinity) <= untilUs;
    if (isBefore && packet.isKeyframe) keyTime = dts === NO_TIMESTAMP ? pts : dts;
  }
  packet.free();
  return keyTime;
}

function seek({ demuxer }: MediaFile, { index }: Stream, time: bigint): boolean {
  return demuxer.seekFrameSync(index, time, AVSEEK_FLAG_BACKWARD) >= 0;
}

function rewind({ demuxer }: MediaFile): void {
  demuxer.seekFrameSync(-1, 0n, AVSEEK_FLAG_BYTE);
}
