/** FFmpeg's muxers behind a small face: streams declared, packets written in the order they come, every one on its way to the disk at once. */

import { closeSync } from "node:fs";
import { resolve } from "node:path";
import { AVFMT_FLAG_FLUSH_PACKETS, AV_PKT_FLAG_KEY } from "node-av/constants";
import { Dictionary, FFmpegError, FormatContext, Packet, Rational } from "node-av/lib";
import type { CodecParameters, Stream } from "node-av/lib";
import { quietEngine } from "./quiet-engine.ts";
import { RecordingError } from "./recorded-file.ts";
import { openFile } from "./wav-file.ts";

/** AVERROR(ENOSPC), AVERROR(EDQUOT). */
const FULL = [-28, -122];

export type Muxer = {
  /** Before `begin`. Times of its packets are in this time base. */
  readonly addStream: (describe: (parameters: CodecParameters) => void, timeBase: { readonly num: number; readonly den: number }) => Stream;
  readonly begin: (options: Readonly<Record<string, string>>) => void;
  /** Times in the time base that was given for the stream. */
  readonly write: (stream: Stream, data: Buffer, pts: bigint, duration: bigint) => void;
  /** An encoder's packet, whose times are in that time base already. */
  readonly writePacket: (stream: Stream, packet: Packet) => void;
  readonly bytes: () => number;
  readonly end: () => void;
};

/** Throws a RecordingError if the file cannot be made. `format`: FFmpeg's name for it. */
export function createMuxer(path: string, format: string, flags: "wx" | "w"): Muxer {
  // FFmpeg would write over what is there: the system is asked first, which also gives better words for what is wrong.
  closeSync(openFile(path, flags));
  quietEngine();
  const context = new FormatContext();
  const check = (result: number): void => {
    if (result >= 0) return;
    const isFull = FULL.includes(result);
    const reason = isFull ? "the disk is full" : `cannot be written: ${FFmpegError.strerror(result)}`;
    throw new RecordingError(`${path}${isFull ? ":" : ""} ${reason}`, isFull);
  };
  // Of a name with a colon FFmpeg would make an address.
  check(context.allocOutputContext2(null, format, resolve(path)));
  context.setFlags(AVFMT_FLAG_FLUSH_PACKETS);
  check(context.openOutputSync());
  const bases = new Map<number, { readonly num: number; readonly den: number }>();
  const packet = new Packet();
  packet.alloc();
  let endBytes = 0;
  let isOver = false;

  const send = (stream: Stream, sent: Packet): void => {
    const base = bases.get(stream.index);
    if (base !== undefined) sent.rescaleTs(base, stream.timeBase);
    sent.streamIndex = stream.index;
    check(context.writeFrameSync(sent));
    // What the muxer could not hand over shows here, and not in its own answer.
    check(context.pb?.error ?? 0);
  };

  const close = (): void => {
    packet.free();
    context.closeOutputSync();
    context.freeContext();
  };

  return {
    addStream: (describe, timeBase) => {
      const stream = context.newStream();
      describe(stream.codecpar);
      stream.timeBase = new Rational(timeBase.num, timeBase.den);
      bases.set(stream.index, timeBase);
      return stream;
    },
    begin: (options) => {
      const result = context.writeHeaderSync(Dictionary.fromObject({ ...options }));
      if (result < 0) close();
      check(result);
    },
    write: (stream, data, pts, duration) => {
      packet.data = data;
      packet.pts = pts;
      packet.dts = pts;
      packet.duration = duration;
      packet.flags = AV_PKT_FLAG_KEY;
      send(stream, packet);
      packet.unref();
    },
    writePacket: send,
    bytes: () => (isOver ? endBytes : Number(context.pbBytes)),
    end: () => {
      endBytes = Number(context.pbBytes);
      isOver = true;
      const result = context.writeTrailerSync();
      close();
      check(result);
    },
  };
}
