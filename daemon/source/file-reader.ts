/** One pass over a media file: demuxes, decodes, and hands pictures and sound to the sink. */

import { AVERROR_EOF } from "node-av/constants";
import { Packet, type Stream } from "node-av/lib";
import { seekFile, SOUND_RUN_UP_US } from "./file-seek.ts";
import { isJoined } from "./joined-file.ts";
import { ItemError, type ItemReader, type ItemSink } from "./item-reader.ts";
import { closeMediaFile, findStreamEndUs, type MediaFile, openMediaFile } from "./media-file.ts";
import { toUs } from "./media-time.ts";
import type { SourceFormat } from "./messages.ts";
import { openPacketRow } from "./packet-row.ts";
import { type OpenCv, loadOpenCv } from "./opencv/binding.ts";
import { openOpenCvPictureDecoder } from "./opencv/picture-decoder.ts";
import { type PartSearch, searchInParts } from "./part-search.ts";
import { describePicture, openPictureDecoder, type PictureDecoder } from "./picture-decoder.ts";
import { saidLengthUs } from "./said-length.ts";
import { describeSound, openSoundDecoder, type SoundDecoder } from "./sound-decoder.ts";

/** Sound that lies this far beyond the picture's end need not even be decoded. */
const BEYOND_END_US = 1e6;

/** Throws ItemError if the file cannot be played. */
export function openFileReader(path: string, format: SourceFormat): ItemReader {
  const cv = format.engine === "opencv" ? loadOpenCv() : null;
  const file = openMediaFile(path, format.audio !== null);
  const opened = openDecoders(file, format, cv);
  const { pictureDecoder, soundDecoder } = opened;
  const packet = new Packet();
  packet.alloc();
  let packets = openPacketRow(file);
  /** The file once more, if a search led nowhere: not every demuxer finds back to its beginning. */
  let anew: MediaFile | null = null;
  let search: PartSearch | null = null;
  const joined = lazily(() => isJoined(file));
  const pictureEndUs = lazily(() => (file.picture === null ? null : findStreamEndUs(file, file.picture)) ?? Infinity);
  let soundFromUs = -Infinity;
  let lastPictureUs = 0;
  let isOver = false;
  let isWhole = false;

  /** Whether a packet of sound can be passed over: before a seek's place, or far beyond the end of the picture. */
  const isSoundNeeded = (): boolean => {
    if (file.sound === null) return false;
    const timeUs = toUs(packet.pts, file.sound.timeBase);
    if (timeUs === null) return true;
    const positionUs = timeUs - file.originUs;
    if (positionUs < soundFromUs) return false;
    return pictureDecoder === null || positionUs < lastPictureUs + 4 * BEYOND_END_US || positionUs < pictureEndUs() + BEYOND_END_US;
  };

  const goOnSearching = (underWay: PartSearch): boolean => {
    const offsetUs = underWay.step();
    if (offsetUs === null) return true;
    underWay.close();
    search = null;
    packets = openPacketRow(file, offsetUs);
    return true;
  };

  const step = (sink: ItemSink): boolean => {
    if (isOver) return false;
    if (search !== null) return goOnSearching(search);
    const status = packets.read(packet);
    if (status < 0) {
      isOver = true;
      isWhole = status === AVERROR_EOF;
      pictureDecoder?.decode(null, sink);
      soundDecoder?.decode(null, sink);
      return false;
    }
    if (pictureDecoder !== null && packet.streamIndex === file.picture?.index) {
      lastPictureUs = Math.max(lastPictureUs, (toUs(packet.pts, file.picture.timeBase) ?? 0) - file.originUs);
      pictureDecoder.decode(packet, sink);
    } else if (soundDecoder !== null && packet.streamIndex === file.sound?.index && isSoundNeeded()) {
      soundDecoder.decode(packet, sink);
      pictureDecoder?.reach((toUs(packet.pts, file.sound.timeBase) ?? -Infinity) - file.originUs, sink);
    }
    packet.unref();
    return true;
  };

  return {
    facts: describe(file, opened, joined()),
    picture:
      file.picture === null || pictureDecoder === null
        ? null
        : { startUs: startOf(file, file.picture), expectedEndUs: pictureEndUs, heldFromUs: pictureDecoder.heldFromUs },
    soundStartUs: soundDecoder === null || file.sound === null ? null : startOf(file, file.sound),
    seek: (positionUs) => {
      if (positionUs <= 0) return;
      if (joined()) search = searchInParts(file, positionUs);
      else if (seekFile(file, positionUs)) pictureDecoder?.seek(positionUs);
      else packets = openPacketRow((anew = openMediaFile(path, format.audio !== null)));
      soundDecoder?.seek();
      soundFromUs = positionUs - SOUND_RUN_UP_US;
    },
    // The last second is always decoded: where it ends is where the next item begins.
    passOver: (positionUs) => {
      if (positionUs > 0) pictureDecoder?.passOver(positionUs, pictureEndUs() - BEYOND_END_US);
    },
    step,
    isWhole: () => isWhole,
    close: () => {
      packet.free();
      packets.close();
      search?.close();
      pictureDecoder?.close();
      soundDecoder?.close();
      if (anew !== null) closeMediaFile(anew);
      closeMediaFile(file);
    },
  };
}

type Decoders = { readonly pictureDecoder: PictureDecoder | null; readonly soundDecoder: SoundDecoder | null };

/** A film whose sound is in an unknown codec is still a film, and the other way round; with neither, the first reason is told. */
function openDecoders(file: MediaFile, format: SourceFormat, cv: OpenCv | null): Decoders {
  const { path, picture, sound, originUs } = file;
  const { audio } = format;
  const failures: ItemError[] = [];
  const attempt = <T>(open: () => T): T | null => {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof ItemError)) throw error;
      failures.push(error);
      return null;
    }
  };
  const openPicture = (stream: Stream): PictureDecoder =>
    cv === null ? openPictureDecoder(path, stream, originUs, format.width) : openOpenCvPictureDecoder(cv, file, stream);
  const pictureDecoder = picture === null ? null : attempt(() => openPicture(picture));
  const soundDecoder = sound === null || audio === null ? null : attempt(() => openSoundDecoder(path, sound, originUs, audio));
  if (pictureDecoder !== null || soundDecoder !== null || failures.length === 0) return { pictureDecoder, soundDecoder };
  closeMediaFile(file);
  throw failures[0] ?? new ItemError(`${path}: cannot be decoded`);
}

function describe(file: MediaFile, { pictureDecoder }: Decoders, joined: boolean): ItemReader["facts"] {
  const { name, picture, sound } = file;
  // What FFmpeg says of a joined file is how far the times of its last part go.
  const durationUs = joined ? null : saidLengthUs(file);
  return {
    name,
    durationMs: durationUs === null ? null : durationUs / 1000,
    video: picture === null || pictureDecoder === null ? null : describePicture(picture),
    audio: sound === null ? null : describeSound(sound),
  };
}

function startOf({ originUs }: MediaFile, stream: { readonly startTime: bigint; readonly timeBase: { num: number; den: number } }): number {
  return Math.max(0, (toUs(stream.startTime, stream.timeBase) ?? originUs) - originUs);
}

function lazily<T extends number | boolean>(compute: () => T): () => T {
  let value: T | null = null;
  return () => (value ??= compute());
}
