/** Films that are small enough to be played whole, and directories for a cache. */

import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { ffmpeg, H264, temporaryFolder } from "./media.ts";

const folder = temporaryFolder();
export const at = (name: string): string => join(folder, name);
export const newCache = (): string => mkdtempSync(at("cache-"));

/** A period that is no whole number of ms or samples; the sound is longer than the picture, and has to be resampled. */
export const odd = ffmpeg(
  `-f lavfi -i testsrc=s=64x48:r=30000/1001 -f lavfi -i sine=440:r=48000:d=1 -frames:v 10 ${H264} -c:a aac`,
  at("odd.mp4"),
);
export const long = ffmpeg(
  `-f lavfi -i testsrc=s=160x120:r=25:d=6 -f lavfi -i sine=440:r=44100:d=6 ${H264} -g 50 -c:a aac`,
  at("long.mp4"),
);
export const silent = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=12:d=1 ${H264}`, at("silent.mp4"));
export const song = ffmpeg("-f lavfi -i sine=330:r=48000:d=1.5", at("song.wav"));
