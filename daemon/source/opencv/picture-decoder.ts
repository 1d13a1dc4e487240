/**
 * A file's picture by OpenCV, which reads the file for itself: the demuxer's packets say when to read on, and how long pictures are.
 * Sync calls only: the async ones end the process (docs/decisions/opencv.md).
 */

import { AV_PKT_DATA_DISPLAYMATRIX } from "node-av/constants";
import type { Packet, Stream } from "node-av/lib";
import { ItemError, type ItemSink } from "../item-reader.ts";
import { type MediaFile, OPEN_OPTIONS, openDecoder } from "../media-file.ts";
import { toUs } from "../media-time.ts";
import { isTurned, orientationOfMatrix } from "../orientation.ts";
import { type PictureDecoder, streamAspect, usualFrameUs } from "../picture-decoder.ts";
import { staysInPlanes } from "../picture-scaler.ts";
import { displaySize } from "../picture-size.ts";
import { StandingPicture } from "../standing-picture.ts";
import { CAP_FFMPEG, CAP_PROP_ORIENTATION_AUTO, CAP_PROP_POS_MSEC, type Mat, type OpenCv, type VideoCapture } from "./binding.ts";
import { colourCorrection, isMistakenForLimited } from "./colour.ts";
import { createPacketTimes } from "./packet-times.ts";
import { createPixelMaker } from "./pixels.ts";

/** OpenCV finds a place by its number, which it guesses by the mean rate: it is asked for one that lies this much earlier, or more. */
const SEEK_MARGIN_US = 500_000;

/** The position is null where OpenCV does not know it: at the end of a film with B-frames, and where packets have no times. */
type Read = { readonly picture: Mat; readonly positionUs: number | null };

/** Throws ItemError for what the default engine refuses, and for what OpenCV does. */
export function openOpenCvPictureDecoder(cv: OpenCv, file: MediaFile, stream: Stream): PictureDecoder {
  const { path, originUs } = file;
  const { timeBase, codecpar } = stream;
  // The same films are refused, with the same words.
  openDecoder(path, stream).freeContext();
  if (isMistakenForLimited(codecpar))
    throw new ItemError(`${path}: OpenCV takes its full-range picture for a limited one and clips it; set engine to default for it`);
  const orientation = orientationOfMatrix(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const aspect = streamAspect(stream);
  const usualUs = usualFrameUs(stream);
  const offsetUs = (toUs(stream.startTime, timeBase) ?? originUs) - originUs;
  const maker = createPixelMaker(cv, orientation, colourCorrection(codecpar, staysInPlanes(codecpar, orientation)));
  const times = createPacketTimes(usualUs);
  let capture = openCapture(cv, file, stream);
  /** Read, but not yet due: the packets that belong to it may not have come. */
  let ahead: Read | null = null;
  let lastUs = -Infinity;
  let lastEndUs = 0;
  let alwaysFromUs = Infinity;

  const readNext = (): Read | null => {
    const picture = readFrom(capture, path);
    if (picture.empty) return null;
    const positionMs = capture.get(CAP_PROP_POS_MSEC);
    // OpenCV's 0 means the beginning or nothing.
    return { picture, positionUs: positionMs === 0 && lastUs > -Infinity ? null : offsetUs + positionMs * 1000 };
  };

  const deliver = ({ picture, positionUs: readUs }: Read, sink: ItemSink): void => {
    const { positionUs, endUs } =
      readUs === null ? (times.takeNext() ?? { positionUs: lastEndUs, endUs: lastEndUs + usualUs }) : times.take(readUs);
    // Before the presentation's start, or out of order in a damaged file.
    if (endUs <= 0 || positionUs <= lastUs) return picture.release();
    lastUs = positionUs;
    lastEndUs = endUs;
    if (!standing.take(picture, positionUs, endUs, sink)) picture.release();
  };

  const show = (picture: Mat, positionUs: number, endUs: number, sink: ItemSink): void => {
    const display = displaySize({ width: picture.cols, height: picture.rows }, aspect, isTurned(orientation));
    sink.picture(Math.max(0, positionUs), endUs, { display, render: (size) => maker.make(picture, size) });
  };

  const standing = new StandingPicture<Mat>({ show, keep: (picture) => picture, drop: (picture) => picture.release() });

  /** Every picture up to the time that is returned has had its packet. */
  const note = (packet: Packet): number => {
    const timeUs = toUs(packet.pts, timeBase);
    const decodingUs = toUs(packet.dts, timeBase) ?? timeUs;
    // Without times there is a picture for a packet.
    if (timeUs === null || decodingUs === null) return lastEndUs;
    const positionUs = timeUs - originUs;
    if (positionUs > (ahead?.positionUs ?? lastUs) - SEEK_MARGIN_US) times.note(positionUs, toUs(packet.duration, timeBase) ?? 0);
    return decodingUs - originUs;
  };

  return {
    decode: (packet, sink) => {
      // OpenCV takes a damaged packet for the end of the film: while there are packets it is asked again.
      ahead ??= readNext();
      const dueUs = packet === null ? Infinity : note(packet);
      while (ahead !== null && (ahead.positionUs ?? lastEndUs) <= dueUs) {
        deliver(ahead, sink);
        ahead = readNext();
      }
      if (packet === null) standing.release(lastEndUs, sink);
    },
    reach: (positionUs, sink) => {
      if (positionUs >= alwaysFromUs) return;
      if (ahead === null || (ahead.positionUs ?? lastEndUs) > standing.neededFromUs) standing.settle(positionUs, sink);
    },
    heldFromUs: () => standing.positionUs ?? ahead?.positionUs ?? null,
    // What is read is decoded and made into RGB, wanted or not.
    passOver: (positionUs, fromUs) => {
      standing.passOver(positionUs);
      alwaysFromUs = fromUs;
    },
    seek: (positionUs) => {
      for (let marginUs = SEEK_MARGIN_US; marginUs < positionUs; marginUs *= 4) {
        capture.set(CAP_PROP_POS_MSEC, (positionUs - marginUs - offsetUs) / 1000);
        ahead = readNext();
        if ((ahead?.positionUs ?? Infinity) <= positionUs) return;
        ahead?.picture.release();
        ahead = null;
      }
      capture.release();
      capture = openCapture(cv, file, stream);
    },
    close: () => {
      ahead?.picture.release();
      standing.close();
      capture.release();
      maker.close();
    },
  };
}

function readFrom(capture: VideoCapture, path: string): Mat {
  try {
    return capture.read();
  } catch (cause) {
    throw new ItemError(`${path}: OpenCV cannot make a picture of it (${String(cause).split("\n")[0]}); set engine to default for it`, {
      cause,
    });
  }
}

function openCapture(cv: OpenCv, { path, demuxer }: MediaFile, stream: Stream): VideoCapture {
  const first = demuxer.streams.find(({ codecpar }) => codecpar.codecType === stream.codecpar.codecType);
  if (first?.index !== stream.index) {
    throw new ItemError(`${path}: its picture is not its first stream of that kind, which OpenCV would read; set engine to default for it`);
  }
  // What our own demuxer may open is all that OpenCV's may.
  process.env["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = Object.entries(OPEN_OPTIONS)
    .map(([name, value]) => `${name};${value}`)
    .join("|");
  try {
    const capture = new cv.VideoCapture(`file:${path}`, CAP_FFMPEG);
    // We turn the small picture, not the whole one, and mirror it as well.
    capture.set(CAP_PROP_ORIENTATION_AUTO, 0);
    return capture;
  } catch (cause) {
    throw new ItemError(`${path}: OpenCV cannot open its picture; set engine to default for it`, { cause });
  }
}
