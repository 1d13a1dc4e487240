/**
 * MP4 with H.264 and AAC, in fragments of a second, so that it can be played whatever happens to whoever writes it.
 * The pictures are decoded here and encoded again; their size is that of the first one.
 */

import { createMuxer } from "./muxer.ts";
import { createAacEncoder } from "./aac-encoder.ts";
import { createH264Encoder } from "./h264-encoder.ts";
import { quietEngine } from "./quiet-engine.ts";
import type { FileForm, RecordedFile } from "./recorded-file.ts";

export function createMp4File(
  path: string,
  form: FileForm,
  size: { readonly width: number; readonly height: number },
  flags: "wx" | "w",
): RecordedFile {
  quietEngine();
  const video = form.hasPicture ? createH264Encoder(size) : null;
  const audio = form.audio === null ? null : createAacEncoder(form.audio);
  // Last, so that what cannot be encoded leaves no empty file.
  const muxer = createMuxer(path, "mp4", flags);
  const videoStream = video === null ? null : muxer.addStream(video.describe, video.timeBase);
  const audioStream = audio === null ? null : muxer.addStream(audio.describe, audio.timeBase);
  // A fragment ends where it is asked to, at each key picture; without a picture, after a second.
  const fragments = video === null ? "" : "frag_keyframe+";
  muxer.begin({ movflags: `${fragments}empty_moov+default_base_moof`, frag_duration: "1000000" });
  return {
    picture: ({ jpeg }, atMs) => {
      if (video === null || videoStream === null) return;
      video.encode(jpeg, atMs, (packet) => muxer.writePacket(videoStream, packet));
    },
    sound: (samples, first) => {
      if (audio === null || audioStream === null) return;
      audio.encode(samples, first, (packet) => muxer.writePacket(audioStream, packet));
    },
    bytes: muxer.bytes,
    close: (endMs) => {
      try {
        if (video !== null && videoStream !== null) video.finish(endMs, (packet) => muxer.writePacket(videoStream, packet));
        if (audio !== null && audioStream !== null) audio.finish((packet) => muxer.writePacket(audioStream, packet));
      } finally {
        muxer.end();
      }
    },
  };
}
