/** OpenCV by the binding of `@u4/opencv4nodejs`, which `npm run setup:opencv` builds into a cache directory: nothing of it is in node_modules. */

import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { ItemError } from "../item-reader.ts";

/** The version in bin/opencv/package.json; another one may name things differently. */
export const OPENCV4NODEJS_VERSION = "7.1.2";

/** A picture in OpenCV's memory, of which Node knows nothing: release it when it is done with. */
export type Mat = {
  readonly cols: number;
  readonly rows: number;
  readonly empty: boolean;
  readonly resize: (rows: number, cols: number, fx: number, fy: number, interpolation: number) => Mat;
  readonly cvtColor: (code: number) => Mat;
  /** The matrix times each pixel's channels, with a 1 after them. */
  readonly transform: (matrix: Mat) => Mat;
  /** A copy of its pixels, rows without padding. */
  readonly getData: () => Buffer;
  readonly release: () => void;
};

/** The sync methods only: the async ones end the process (docs/decisions/opencv.md). */
export type VideoCapture = {
  /** The next picture, in blue, green and red; an empty one at the end. */
  readonly read: () => Mat;
  readonly get: (property: number) => number;
  readonly set: (property: number, value: number) => unknown;
  readonly release: () => void;
};

export type OpenCv = {
  /** Throws if it cannot be opened. */
  readonly VideoCapture: new (place: string | number, api: number) => VideoCapture;
  readonly Mat: new (rows: readonly (readonly number[])[], type: number) => Mat;
  readonly version: { readonly major: number; readonly minor: number };
};

/** Constants of OpenCV 4 (videoio.hpp, imgproc.hpp, interface.h). The binding has not all of them. */
export const CAP_V4L2 = 200;
export const CAP_FFMPEG = 1900;
export const CAP_PROP_POS_MSEC = 0;
export const CAP_PROP_FRAME_WIDTH = 3;
export const CAP_PROP_FRAME_HEIGHT = 4;
export const CAP_PROP_FPS = 5;
export const CAP_PROP_ORIENTATION_AUTO = 49;
export const INTER_AREA = 3;
export const COLOR_BGR2BGRA = 0;
export const CV_64F = 6;

/** What OpenCV and the binding read of the environment when they are loaded. */
const SETTINGS = {
  // A damaged film has a line for each packet, on stderr, which is the daemon's log. 8: what ends FFmpeg (log.h).
  OPENCV_LOG_LEVEL: "ERROR",
  OPENCV_FFMPEG_LOGLEVEL: "8",
  // Seconds for a camera's picture: longer than any takes to begin, less than the silence after which a source is taken to hang.
  OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT: "2",
  // Its account of Mats is what ends the process (docs/decisions/opencv.md); whoever releases each of them needs none.
  OPENCV4NODEJS_DISABLE_EXTERNAL_MEM_TRACKING: "1",
};

const FILE = "opencv4nodejs.node";
const isFunction = (value: unknown): boolean => typeof value === "function";
const bindingSchema = v.object({
  VideoCapture: v.custom<OpenCv["VideoCapture"]>(isFunction),
  Mat: v.custom<OpenCv["Mat"]>(isFunction),
  version: v.object({ major: v.number(), minor: v.number() }),
});

let loaded: OpenCv | null = null;

/**
 * Throws ItemError if it is not installed. The binding itself is loaded, not the package's main file, which prints to stdout, loads its
 * build tools, and asks for modules of OpenCV that we do not build.
 */
export function loadOpenCv(env: NodeJS.ProcessEnv = process.env): OpenCv {
  if (loaded !== null) return loaded;
  Object.assign(process.env, SETTINGS);
  const folder = cacheFolder(env);
  let cause: unknown;
  // Of several versions of OpenCV the one that is installed loads; the last name is the newest as a rule.
  for (const file of bindingsIn(folder).toReversed()) {
    try {
      loaded = v.parse(bindingSchema, createRequire(import.meta.url)(file));
      return loaded;
    } catch (error) {
      cause = error;
    }
  }
  const what = cause === undefined ? "is not installed" : "does not load, since its libraries have changed";
  throw new ItemError(`engine opencv: OpenCV's binding ${what} (${folder}); run npm run setup:opencv, or set engine to default`, { cause });
}

/** As bin/setup-opencv chooses it. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const cache = env["CACHE_DIRECTORY"] || env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return join(cache, "streamerd", "opencv");
}

function bindingsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const prefix = `${OPENCV4NODEJS_VERSION}-node${process.versions.modules}-${process.arch}-opencv`;
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.sort(new Intl.Collator("en", { numeric: true }).compare).map((name) => join(folder, name, FILE));
}
