/** Whether the times of a file begin again in it, by samples of them: its container does not tell, and to read all of it would take long. */

import { statSync } from "node:fs";
import { AVFMT_FLAG_NOPARSE, AVSEEK_FLAG_BYTE } from "node-av/constants";
import { Dictionary, FormatContext, Packet } from "node-av/lib";
import { type MediaFile, OPEN_OPTIONS } from "./media-file.ts";
import { toUs } from "./media-time.ts";
import { mayBeginAgain } from "./packet-row.ts";

/** A part that is smaller than the distance between two is not noticed: it plays, and a seek does not find its way in it. */
const SAMPLES = 32;
/** The last sample lies so far before the end: a second of a common recording. */
const END_BYTES = 512 << 10;
/** A leap over so much more than the usual distance is no film with a quiet scene. */
const MOST_USUAL = 10;
const MOST_AHEAD_US = 10e6;
/** A few groups of pictures; a file of which this says nothing is damaged. */
const MOST_PACKETS = 500;

export function isJoined(file: MediaFile): boolean {
  const stream = file.picture ?? file.sound;
  if (stream === null || !mayBeginAgain(file)) return false;
  const demuxer = new FormatContext();
  demuxer.allocContext();
  // Times are all that is wanted, and the parsers would complain of what they have not seen.
  demuxer.setFlags(AVFMT_FLAG_NOPARSE);
  if (demuxer.openInputSync(`file:${file.path}`, null, Dictionary.fromObject(OPEN_OPTIONS)) < 0) return false;
  const bytes = statSync(file.path, { throwIfNoEntry: false })?.size ?? 0;
  const packet = new Packet();
  packet.alloc();
  const times: number[] = [];
  for (let sample = 0; sample <= SAMPLES; sample++) {
    const at = Math.floor(sample < SAMPLES ? (bytes * sample) / SAMPLES : bytes - Math.min(END_BYTES, bytes / SAMPLES / 2));
    if (demuxer.seekFrameSync(-1, BigInt(at), AVSEEK_FLAG_BYTE) < 0) continue;
    const timeUs = readTime(demuxer, packet, stream.index);
    if (timeUs !== null) times.push(timeUs);
  }
  packet.free();
  demuxer.closeInputSync();
  const steps = times.slice(1).map((timeUs, index) => timeUs - (times[index] ?? timeUs));
  const usual = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  return steps.some((step) => step < 0 || step > MOST_AHEAD_US + MOST_USUAL * usual);
}

function readTime(demuxer: FormatContext, packet: Packet, index: number): number | null {
  for (let read = 0; read < MOST_PACKETS && demuxer.readFrameSync(packet) >= 0; read++) {
    const base = demuxer.streams[index]?.timeBase;
    const timeUs = packet.streamIndex === index && base !== undefined ? toUs(packet.dts, base) : null;
    packet.unref();
    if (timeUs !== null) return timeUs;
  }
  return null;
}
