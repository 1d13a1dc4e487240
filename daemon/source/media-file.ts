/** Opens a media file with FFmpeg, so that it can open nothing but itself, and finds its picture and its sound. */

import { basename } from "node:path";
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
  AVDISCARD_ALL,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  AVSEEK_FLAG_BACKWARD,
} from "node-av/constants";
import { Codec, CodecContext, Dictionary, FormatContext, Packet, type Stream } from "node-av/lib";
import { checkFile, explainRefusal } from "./file-check.ts";
import { ItemError } from "./item-reader.ts";
import { fromUs, toUs } from "./media-time.ts";

/** Demuxers that read one file. Not here: concat, hls, dash, image sequences, devices and everything else that opens more. */
const FORMATS =
  "mov,matroska,avi,dv,mxf,wtv,rm,mpegts,mpeg,mpegvideo,flv,ogg,asf,ivf,nut,gif,yuv4mpegpipe,h264,hevc,mp3,aac,ac3,eac3,flac,wav,w64,aiff,au,caf,amr,ape,wv,tta,dts";

/** Limits for absurd files. A picture of 16,384 × 16,384 is the largest that is decoded. */
export const OPEN_OPTIONS = {
  protocol_whitelist: "file",
  format_whitelist: FORMATS,
  enable_drefs: "0",
  use_absolute_path: "0",
  probesize: String(5 << 20),
  formatprobesize: String(1 << 20),
  analyzeduration: "5000000",
  max_streams: "64",
};
const MAX_PIXELS = 16_384 * 16_384;

export type MediaFile = {
  readonly path: string;
  readonly name: string;
  readonly demuxer: FormatContext;
  readonly picture: Stream | null;
  readonly sound: Stream | null;
  /** FFmpeg's time of the presentation's start, after edit lists: the item's position 0. */
  readonly originUs: number;
};

/** Throws ItemError. The caller closes it with `closeMediaFile`. */
export function openMediaFile(path: string, wantsSound: boolean): MediaFile {
  checkFile(path);
  const demuxer = new FormatContext();
  // The prefix keeps a name like "concat:a|b" from being read as anything but a file's.
  const opened = demuxer.openInputSync(`file:${path}`, null, Dictionary.fromObject(OPEN_OPTIONS));
  if (opened < 0) {
    // It may have vanished since it was looked at.
    checkFile(path);
    throw new ItemError(explainRefusal(path));
  }
  demuxer.findStreamInfoSync();
  const { streams } = demuxer;
  const picture = choosePicture(streams.filter(isPicture));
  const sound = chooseSound(streams.filter((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO));
  if (picture === null && sound === null) {
    demuxer.closeInputSync();
    throw new ItemError(`${path}: has neither picture nor sound; name a film or a sound file`);
  }
  for (const stream of streams) {
    if (stream !== picture && (stream !== sound || !wantsSound)) stream.discard = AVDISCARD_ALL;
  }
  return { path, name: basename(path), demuxer, picture, sound, originUs: findOrigin(picture, sound) };
}

export function closeMediaFile({ demuxer }: MediaFile): void {
  demuxer.closeInputSync();
}

/** Ready to take packets, on one thread. Throws ItemError. */
export function openDecoder(path: string, stream: Stream): CodecContext {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  const kind = stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO ? "picture" : "sound";
  if (codec === null)
    throw new ItemError(`${path}: its ${kind} is in a codec that FFmpeg cannot decode; convert it, to H.264 and AAC for instance`);
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  decoder.threadCount = 1;
  decoder.setOption("max_pixels", String(MAX_PIXELS));
  if (decoder.open2Sync(codec, null) < 0) {
    decoder.freeContext();
    throw new ItemError(`${path}: its ${kind} cannot be decoded; convert it, to H.264 and AAC for instance`);
  }
  return decoder;
}

/** What an AVI says that was written into a pipe, before anybody knew. */
const NO_COUNT = 1 << 30;

/** Whether what the container says of the number of pictures or samples can be believed. */
export function isCounted({ nbFrames }: Stream): boolean {
  return Number(nbFrames) < NO_COUNT;
}

/** Where a stream ends by the word of the container, position µs; null if it says nothing. */
export function saidStreamEndUs({ originUs }: MediaFile, stream: Stream): number | null {
  const { startTime, duration, timeBase } = stream;
  const durationUs = isCounted(stream) ? toUs(duration, timeBase) : null;
  return durationUs !== null && durationUs > 0 ? (toUs(startTime, timeBase) ?? originUs) + durationUs - originUs : null;
}

/** Where a stream ends, position µs: from the container if it says so, else by reading the packets at the file's end. Null if that fails. */
export function findStreamEndUs(file: MediaFile, stream: Stream): number | null {
  const saidUs = saidStreamEndUs(file, stream);
  if (saidUs !== null) return saidUs;
  const { path, originUs } = file;
  const { index, timeBase } = stream;
  const demuxer = new FormatContext();
  if (demuxer.openInputSync(`file:${path}`, null, Dictionary.fromObject(OPEN_OPTIONS)) < 0) return null;
  demuxer.findStreamInfoSync();
  const fileUs = Number(demuxer.duration);
  if (fileUs > 0) demuxer.seekFrameSync(index, fromUs(originUs + fileUs, timeBase), AVSEEK_FLAG_BACKWARD);
  const packet = new Packet();
  packet.alloc();
  let endUs: number | null = null;
  while (demuxer.readFrameSync(packet) >= 0) {
    const timeUs = packet.streamIndex === index ? toUs(packet.pts, timeBase) : null;
    if (timeUs !== null) endUs = Math.max(endUs ?? 0, timeUs + (toUs(packet.duration, timeBase) ?? 0) - originUs);
    packet.unref();
  }
  packet.free();
  demuxer.closeInputSync();
  return endUs;
}

/** A track of one picture is a cover that nobody called so. */
function choosePicture(streams: readonly Stream[]): Stream | null {
  return streams.find(({ nbFrames }) => nbFrames !== 1n) ?? streams[0] ?? null;
}

/** What the film's maker meant to be heard: else what is spoken for the blind may come first, or a comment. */
function chooseSound(streams: readonly Stream[]): Stream | null {
  return streams.find(({ disposition }) => (disposition & AV_DISPOSITION_DEFAULT) !== 0) ?? streams[0] ?? null;
}

/** Cover pictures of songs are no films. */
function isPicture(stream: Stream): boolean {
  return stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) === 0;
}

/** The earlier start of the two. Sound before time 0 is a codec's run-up (Opus in Matroska) and not part of the presentation. */
function findOrigin(picture: Stream | null, sound: Stream | null): number {
  const pictureUs = picture === null ? null : toUs(picture.startTime, picture.timeBase);
  const soundUs = sound === null ? null : toUs(sound.startTime, sound.timeBase);
  if (pictureUs === null) return soundUs ?? 0;
  if (soundUs === null) return pictureUs;
  return Math.min(pictureUs, soundUs < 0 ? Math.max(soundUs, Math.min(pictureUs, 0)) : soundUs);
}
