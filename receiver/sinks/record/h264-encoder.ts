/** JPEG pictures → H.264: decoded, brought to one even size, and encoded with their exact times. */

import {
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_ID_MJPEG,
  AV_OPT_SEARCH_CHILDREN,
  AV_OPT_TYPE_STRING,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import { Codec, CodecContext, Frame, Packet, Rational, SoftwareScaleContext } from "node-av/lib";
import type { CodecParameters } from "node-av/lib";
import type { OnPacket } from "./aac-encoder.ts";
import { RecordingError } from "./recorded-file.ts";

const TIME_BASE = { num: 1, den: 90_000 };
const TICKS_PER_MS = 90;
/** Timestamps are exact whatever it says. */
const NOMINAL_FPS = 30;
/** So that no more than this is lost, or has to be waited for when seeking. */
const KEY_EVERY_MS = 1000;

export type H264Encoder = {
  readonly timeBase: { readonly num: number; readonly den: number };
  readonly describe: (parameters: CodecParameters) => void;
  /** A JPEG that cannot be decoded is left out: the one before stays. */
  readonly encode: (jpeg: Uint8Array, atMs: number, onPacket: OnPacket) => void;
  /** The last picture is held until `endMs`. */
  readonly finish: (endMs: number, onPacket: OnPacket) => void;
};

/** Throws a RecordingError. */
export function createH264Encoder(size: { readonly width: number; readonly height: number }): H264Encoder {
  // 4:2:0 has no odd sides: the last column or row goes.
  const width = Math.max(2, size.width & ~1);
  const height = Math.max(2, size.height & ~1);
  const decoder = openDecoder();
  const encoder = openEncoder(width, height);
  const scaler = new SoftwareScaleContext();
  scaler.allocContext();
  scaler.setOption("sws_flags", "area");
  const input = new Packet();
  input.alloc();
  const output = new Packet();
  output.alloc();
  const decoded = new Frame();
  decoded.alloc();
  const target = allocate(width, height);
  let lastPts = -1n;
  let nextKeyMs = -Infinity;
  let hasPicture = false;

  const receive = (onPacket: OnPacket, durationMs: number | null = null): void => {
    while (encoder.receivePacketSync(output) >= 0) {
      if (durationMs !== null) output.duration = BigInt(durationMs * TICKS_PER_MS);
      onPacket(output);
      output.unref();
    }
  };

  const send = (atMs: number, onPacket: OnPacket, durationMs: number | null = null): void => {
    const pts = BigInt(Math.round(atMs * TICKS_PER_MS));
    if (pts <= lastPts) return;
    lastPts = pts;
    target.pts = pts;
    target.pictType = atMs >= nextKeyMs ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    if (atMs >= nextKeyMs) nextKeyMs = atMs + KEY_EVERY_MS;
    encoder.sendFrameSync(target);
    receive(onPacket, durationMs);
  };

  return {
    timeBase: TIME_BASE,
    describe: (parameters) => void encoder.parametersFromContext(parameters),
    encode: (jpeg, atMs, onPacket) => {
      input.data = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
      const isDecoded = decoder.sendPacketSync(input) >= 0 && decoder.receiveFrameSync(decoded) >= 0;
      input.unref();
      if (!isDecoded) return;
      target.makeWritable();
      const isScaled = scaler.scaleFrameSync(target, decoded) >= 0;
      decoded.unref();
      if (!isScaled) return;
      hasPicture = true;
      send(atMs, onPacket);
    },
    finish: (endMs, onPacket) => {
      // The last picture again, for the last millisecond: so it is held until then.
      if (hasPicture) send(endMs - 1, onPacket, 1);
      encoder.sendFrameSync(null);
      receive(onPacket);
      for (const packet of [input, output]) packet.free();
      for (const frame of [decoded, target]) frame.free();
      scaler.freeContext();
      decoder.freeContext();
      encoder.freeContext();
    },
  };
}

function openDecoder(): CodecContext {
  const codec = Codec.findDecoder(AV_CODEC_ID_MJPEG);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.threadCount = 1;
  if (context.open2Sync(codec) < 0) throw new Error("this FFmpeg has no JPEG decoder");
  return context;
}

function openEncoder(width: number, height: number): CodecContext {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (codec === null) throw new RecordingError("this FFmpeg has no H.264 encoder: record to an .mkv", false);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.timeBase = new Rational(TIME_BASE.num, TIME_BASE.den);
  // The level follows from it: with the time base for a rate it would be one that no player plays.
  context.framerate = new Rational(NOMINAL_FPS, 1);
  context.maxBFrames = 0;
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  // `zerolatency`: what was shown is in the file a moment later, and not after dozens of pictures.
  // By options of the context: a dictionary given to open2Sync is freed twice (node-av 6.1), once by FFmpeg, once by the garbage collector.
  for (const [name, value] of [
    ["preset", "veryfast"],
    ["crf", "20"],
    ["tune", "zerolatency"],
  ] as const)
    if (context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN) < 0)
      throw new Error(`the H.264 encoder does not know ${name}`);
  if (context.open2Sync(codec) < 0) throw new RecordingError("the H.264 encoder cannot be opened: record to an .mkv", false);
  return context;
}

function allocate(width: number, height: number): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = AV_PIX_FMT_YUV420P;
  frame.colorRange = AVCOL_RANGE_MPEG;
  frame.colorSpace = AVCOL_SPC_SMPTE170M;
  if (frame.getBuffer() < 0) throw new Error(`no memory for a picture of ${width}×${height}`);
  return frame;
}
