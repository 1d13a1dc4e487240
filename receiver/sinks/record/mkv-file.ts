/** Matroska with the JPEGs as they came and 16 bit PCM: nothing is decoded, nothing is lost. */

import {
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  AV_CODEC_ID_MJPEG,
  AV_CODEC_ID_PCM_S16LE,
  AV_PIX_FMT_YUVJ420P,
  AV_SAMPLE_FMT_S16,
} from "node-av/constants";
import type { Stream } from "node-av/lib";
import { createMuxer } from "./muxer.ts";
import type { FileForm, RecordedFile } from "./recorded-file.ts";

const MICROSECONDS = { num: 1, den: 1_000_000 };

/** The size of the picture is that of the first one; a JPEG carries its own. */
export function createMkvFile(
  path: string,
  form: FileForm,
  size: { readonly width: number; readonly height: number },
  flags: "wx" | "w",
): RecordedFile {
  const muxer = createMuxer(path, "matroska", flags);
  const { audio } = form;
  const video = form.hasPicture
    ? muxer.addStream((parameters) => {
        parameters.codecType = AVMEDIA_TYPE_VIDEO;
        parameters.codecId = AV_CODEC_ID_MJPEG;
        parameters.format = AV_PIX_FMT_YUVJ420P;
        parameters.width = size.width;
        parameters.height = size.height;
      }, MICROSECONDS)
    : null;
  const sound: Stream | null =
    audio === null
      ? null
      : muxer.addStream(
          (parameters) => {
            parameters.codecType = AVMEDIA_TYPE_AUDIO;
            parameters.codecId = AV_CODEC_ID_PCM_S16LE;
            parameters.format = AV_SAMPLE_FMT_S16;
            parameters.sampleRate = audio.sampleRateHz;
            parameters.channels = audio.channels;
            parameters.bitsPerCodedSample = 16;
          },
          { num: 1, den: audio.sampleRateHz },
        );
  // What is killed loses at most its last cluster.
  muxer.begin({ cluster_time_limit: "500", reserve_index_space: "0" });
  return {
    picture: ({ jpeg }, atMs) => {
      if (video !== null)
        muxer.write(video, Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength), BigInt(Math.round(atMs * 1000)), 0n);
    },
    sound: (samples, first) => {
      if (sound === null || audio === null) return;
      const data = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      muxer.write(sound, data, BigInt(first), BigInt(samples.length / audio.channels));
    },
    bytes: muxer.bytes,
    close: muxer.end,
  };
}
