/** The film that end-to-end tests play, and what ffmpeg itself makes of it: the reference to compare with. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeMedia } from "../made-media.ts";
import { readSound } from "./sound-match.ts";
import { readY4m } from "./y4m.ts";
import type { LumaFilm } from "./y4m.ts";

type Context = { readonly after: (clean: () => void) => void; readonly diagnostic: (message: string) => void };

/** A folder that is removed after the test. */
export function temporaryFolder(context: Pick<Context, "after">): string {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-e2e-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Real input where STREAMERD_TEST_MEDIA names it, else a film made here; the test's output says which. */
export function testMedia(context: Pick<Context, "diagnostic">, folder: string): string {
  const named = process.env["STREAMERD_TEST_MEDIA"];
  if (named !== undefined && named !== "") return resolve(named);
  context.diagnostic("STREAMERD_TEST_MEDIA is not set: this test plays a film that it makes itself");
  return makeFilm(join(folder, "film.mp4"));
}

/**
 * A film of a moving pattern in which no two pictures are alike, and of a tone that slides and swells, so that no second of it is like another:
 * 854×480, 24 frames a second, 44,100 Hz stereo, H.264 and AAC. Its noise makes JPEGs as large as a real film's, and is no dearer to decode than one.
 */
export function makeFilm(file: string, seconds = 10): string {
  const picture = `testsrc2=size=854x480:rate=24:duration=${seconds},noise=alls=3:allf=t:all_seed=7`;
  const sound = `aevalsrc=exprs='0.3*sin(2*PI*(300+90*t)*t)*(1+0.5*sin(5*t))|0.3*sin(2*PI*(900-40*t)*t)':sample_rate=44100:duration=${seconds}`;
  const codecs = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-crf",
    "23",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "24",
    "-c:a",
    "aac",
    "-b:a",
    "192k",
  ];
  return makeMedia(["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, ...codecs], file);
}

/** Every picture of the film, scaled by ffmpeg's area averaging, as the luma of a JPEG: BT.601, full range. */
export function referencePictures(film: string, size: { readonly width: number; readonly height: number }, folder: string): LumaFilm {
  const scale = `scale=${size.width}:${size.height}:flags=area+accurate_rnd:out_color_matrix=bt601:out_range=pc,format=yuvj420p`;
  const options = ["-map", "0:v:0", "-vf", scale, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "yuv4mpegpipe"];
  return readY4m(makeMedia(["-i", film, ...options], join(folder, "reference.y4m")), size);
}

/** The film's sound, interleaved, padded or cut to `seconds`: the picture's length, which a loop has. */
export function referenceSound(
  film: string,
  format: { readonly sampleRateHz: number; readonly channels: number },
  seconds: number,
  folder: string,
): Int16Array {
  const options = [
    "-map",
    "0:a:0",
    "-af",
    "apad",
    "-t",
    `${seconds}`,
    "-ar",
    `${format.sampleRateHz}`,
    "-ac",
    `${format.channels}`,
    "-f",
    "s16le",
  ];
  return readSound(makeMedia(["-i", film, ...options], join(folder, "reference.s16")));
}

/** How long the film's picture is, seconds: to the end of its last frame. */
export function pictureSeconds(film: string): number {
  const options = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=duration", "-of", "csv=p=0", film];
  return Number.parseFloat(execFileSync("ffprobe", options, { encoding: "utf8" }));
}
