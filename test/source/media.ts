/** Media for the tests: made by the installed ffmpeg in a folder of their own; and looks into what came out. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import jpegTurbo from "@julusian/jpeg-turbo";
import { makeMedia } from "../made-media.ts";
import type { AudioMessage } from "./run-source.ts";

/** A folder that is removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-source-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs ffmpeg with arguments separated by spaces; `file` is written. */
export function ffmpeg(args: string, file: string): string {
  return makeMedia(
    args.split(" ").filter((arg) => arg !== ""),
    file,
  );
}

export const H264 = "-c:v libx264 -preset ultrafast -threads 1 -pix_fmt yuv420p";

export type Rgb = readonly [number, number, number];

/** The colour at a place of a JPEG, given as shares of width and height. */
export function colourAt(jpeg: Uint8Array, x = 0.5, y = 0.5): Rgb {
  const { data, width, height } = jpegTurbo.decompressSync(Buffer.from(jpeg), { format: jpegTurbo.FORMAT_RGB });
  const at = (Math.min(height - 1, Math.floor(y * height)) * width + Math.min(width - 1, Math.floor(x * width))) * 3;
  return [data[at] ?? -1, data[at + 1] ?? -1, data[at + 2] ?? -1];
}

export function isNear(a: Rgb, b: Rgb, tolerance: number): boolean {
  return a.every((value, index) => Math.abs(value - (b[index] ?? -1000)) <= tolerance);
}

/** All sound as one array of interleaved samples; throws at a gap or an overlap. */
export function joinSound(pieces: readonly AudioMessage[], channels: number): Int16Array {
  const [first] = pieces;
  if (first === undefined) return new Int16Array(0);
  let next = first.timelineSample;
  const bytes: Buffer[] = [];
  for (const { timelineSample, pcm } of pieces) {
    if (timelineSample !== next) throw new Error(`sound jumps from sample ${next} to ${timelineSample}`);
    next += pcm.length / 2 / channels;
    bytes.push(Buffer.from(pcm));
  }
  const joined = Buffer.concat(bytes).swap16();
  return new Int16Array(joined.buffer, joined.byteOffset, joined.length / 2);
}

/** Root mean square of one channel between two times, seconds. */
export function loudness(samples: Int16Array, rate: number, channels: number, fromS: number, toS: number, channel = 0): number {
  let sum = 0;
  const [from, to] = [Math.round(fromS * rate), Math.round(toS * rate)];
  for (let at = from; at < to; at++) sum += (samples[at * channels + channel] ?? 0) ** 2;
  return Math.sqrt(sum / Math.max(1, to - from));
}
