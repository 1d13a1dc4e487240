/** JPEG files that come one after the other: each is passed on as it is where that fits, and decoded where it does not. */

import { AV_CODEC_ID_MJPEG } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet } from "node-av/lib";
import { ItemError } from "../item-reader.ts";
import { UPRIGHT } from "../orientation.ts";
import { createPictureScaler } from "../picture-scaler.ts";
import type { LiveSink } from "./capture.ts";

export type JpegPictures = {
  readonly put: (capturedUs: number, jpeg: Uint8Array, sink: LiveSink) => void;
  readonly close: () => void;
};

export function createJpegPictures(name: string): JpegPictures {
  let decoder: ReturnType<typeof openJpegDecoder> | null = null;
  const scaler = createPictureScaler(name);
  return {
    put: (capturedUs, jpeg, sink) => {
      if (sink.passJpeg(capturedUs, jpeg)) return;
      decoder ??= openJpegDecoder(name);
      const frame = decoder.decode(jpeg);
      if (frame === null) return;
      const size = { width: frame.width, height: frame.height };
      sink.seen(capturedUs, size);
      sink.picture(capturedUs, { display: size, render: (wanted) => scaler.scale(frame, wanted, UPRIGHT) });
      frame.unref();
    },
    close: () => {
      decoder?.close();
      scaler.close();
    },
  };
}

function openJpegDecoder(name: string) {
  const codec = Codec.findDecoder(AV_CODEC_ID_MJPEG);
  const decoder = new CodecContext();
  if (codec !== null) decoder.allocContext3(codec);
  if (codec === null || decoder.open2Sync(codec, null) < 0) throw new ItemError(`${name}: FFmpeg's JPEG decoder cannot be had`);
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  return {
    /** Null for what is no picture; good until the next one. */
    decode: (jpeg: Uint8Array): Frame | null => {
      packet.data = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
      const sent = decoder.sendPacketSync(packet);
      packet.unref();
      return sent >= 0 && decoder.receiveFrameSync(frame) >= 0 ? frame : null;
    },
    close: () => {
      packet.free();
      frame.free();
      decoder.freeContext();
    },
  };
}
