/** Brings a file's demuxer to the last place from which everything behind a position can be decoded. */

import { AVSEEK_FLAG_BACKWARD, AVSEEK_FLAG_BYTE } from "node-av/constants";
import { Packet, type Stream } from "node-av/lib";
import type { MediaFile } from "./media-file.ts";
import { fromUs, NO_TIMESTAMP, toUs } from "./media-time.ts";
import { Recovery } from "./recovery-point.ts";

/** Here FFmpeg searches by time alone, and finds a picture that needs others before it. */
const SEARCHED_BY_TIME: ReadonlySet<string | null> = new Set(["mpegts", "mpeg"]);
/** Most key pictures are closer together; for others it is looked four times as far back, and so on. */
const KEY_MARGIN_US = 2e6;
/** Sound codecs need a little before the wanted place: Opus 80 ms, MP3 with a bit reservoir some frames. */
export const SOUND_RUN_UP_US = 500_000;

/**
 * False: there is no such place, and the file has to be opened anew, to be read from its beginning. Call it before any packet is read. A file whose times
 * begin again is searched by part-search.ts.
 */
export function seekFile(file: MediaFile, positionUs: number): boolean {
  const { demuxer, picture, sound, originUs } = file;
  const stream = picture ?? sound;
  if (stream === null) return false;
  if (stream !== picture) return seek(file, stream, fromUs(originUs + positionUs, stream.timeBase));
  const isByTime = SEARCHED_BY_TIME.has(demuxer.iformat?.name ?? null);
  return isByTime ? seekKeyPicture(file, picture, positionUs) : seekIndexed(file, picture, positionUs);
}

/**
 * Indexes are sorted by the time of decoding, or leave key pictures out: what is found may be shown after the position only, where pictures
 * stand long.
 */
function seekIndexed(file: MediaFile, picture: Stream, positionUs: number): boolean {
  const { originUs, demuxer } = file;
  for (let marginUs = 0; ; marginUs = Math.max(KEY_MARGIN_US, marginUs * 4)) {
    const isWhole = marginUs >= positionUs;
    const time = fromUs(originUs + Math.max(0, positionUs - marginUs), picture.timeBase);
    if (!seek(file, picture, time)) return false;
    const wholeUs = readFirstTime(file, picture);
    // Past the film's end nothing is shown.
    const isFound = wholeUs === null ? positionUs >= Number(demuxer.duration) : wholeUs <= originUs + positionUs;
    if (isFound) return seek(file, picture, time);
    // The picture begins later than the sound, or with times that FFmpeg cannot read (Matroska with negative ones).
    if (isWhole) return false;
  }
}

/** When the first whole picture is shown if the decoder begins here; null at the end of the file. */
function readFirstTime({ demuxer }: MediaFile, stream: Stream): number | null {
  const packet = new Packet();
  packet.alloc();
  let timeUs: number | null = null;
  let recovery: Recovery | null = null;
  for (; timeUs === null && demuxer.readFrameSync(packet) >= 0; packet.unref()) {
    if (packet.streamIndex !== stream.index) continue;
    recovery?.note(packet);
    recovery ??= new Recovery(packet, stream.codecpar);
    if (recovery.isWhole) timeUs = shownUs(packet, stream);
  }
  packet.free();
  return timeUs;
}

function shownUs({ pts, dts }: Packet, { timeBase }: Stream): number {
  return toUs(pts, timeBase) ?? toUs(dts, timeBase) ?? -Infinity;
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

/** Reads on to the time: the decoding time of the last key picture with which a decoder has whole pictures by then; null if none comes. */
function findLastKey({ demuxer }: MediaFile, stream: Stream, untilUs: number): bigint | null {
  const packet = new Packet();
  packet.alloc();
  let keyTime: bigint | null = null;
  let awaited: readonly { readonly time: bigint; readonly recovery: Recovery }[] = [];
  for (let isBefore = true; isBefore && demuxer.readFrameSync(packet) >= 0; packet.unref()) {
    if (packet.streamIndex !== stream.index) continue;
    const { pts, dts } = packet;
    isBefore = shownUs(packet, stream) <= untilUs;
    if (!isBefore) continue;
    for (const { recovery } of awaited) recovery.note(packet);
    if (packet.isKeyframe)
      awaited = [...awaited, { time: dts === NO_TIMESTAMP ? pts : dts, recovery: new Recovery(packet, stream.codecpar) }];
    keyTime = awaited.findLast(({ recovery }) => recovery.isWhole)?.time ?? keyTime;
    awaited = awaited.filter(({ recovery }) => !recovery.isWhole);
  }
  packet.free();
  return keyTime;
}

function seek({ demuxer }: MediaFile, { index }: Stream, time: bigint): boolean {
  return demuxer.seekFrameSync(index, time, AVSEEK_FLAG_BACKWARD) >= 0;
}

export function rewind({ demuxer }: MediaFile): void {
  demuxer.seekFrameSync(-1, 0n, AVSEEK_FLAG_BYTE);
}
