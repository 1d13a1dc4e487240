/** How long an item is by the word of its container, µs. Null where that is no word to go by: the first whole pass tells it then. */

import type { Stream } from "node-av/lib";
import { isCutOff } from "./cut-off.ts";
import { isCounted, type MediaFile, saidStreamEndUs } from "./media-file.ts";

/** Here FFmpeg takes the mean of the first frames for that of all, and may be wrong by half. */
const GUESSED: ReadonlySet<string | null> = new Set(["aac"]);

export function saidLengthUs(file: MediaFile): number | null {
  const { demuxer, path, picture, sound } = file;
  if (GUESSED.has(demuxer.iformat?.name ?? null) || isCutOff(path)) return null;
  const streamUs = picture === null ? null : saidStreamEndUs(file, picture);
  if (streamUs !== null) return streamUs;
  const fileUs = Number(demuxer.duration);
  if (fileUs <= 0 || [picture, sound].some((stream) => stream !== null && !isCounted(stream))) return null;
  // What Matroska says of the whole goes for its subtitles too.
  return Math.min(fileUs, taggedUs(picture ?? sound) ?? fileUs);
}

/** As most programs write it: 01:23:45.678000000. */
function taggedUs(stream: Stream | null): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d\.\d+)$/.exec(stream?.metadata?.get("DURATION") ?? "") ?? [];
  const us = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6;
  return us > 0 ? us : null;
}
