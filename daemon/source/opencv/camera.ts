/** A camera by OpenCV and V4L2: pictures as they come, each with the time at which it was taken. */

import { accessSync, constants } from "node:fs";
import { monotonicMs } from "../../clock.ts";
import { ItemError } from "../item-reader.ts";
import type { Picture } from "../jpeg-encoder.ts";
import { UPRIGHT } from "../orientation.ts";
import {
  CAP_PROP_FPS,
  CAP_PROP_FRAME_HEIGHT,
  CAP_PROP_FRAME_WIDTH,
  CAP_PROP_POS_MSEC,
  CAP_V4L2,
  loadOpenCv,
  type OpenCv,
  type VideoCapture,
} from "./binding.ts";
import { createPixelMaker } from "./pixels.ts";

/** What is asked of the camera; it takes the nearest that it has. */
export type CameraFormat = { readonly width: number; readonly height: number; readonly fps: number };

/** The picture is good until the next `read`. */
export type CameraPicture = { readonly picture: Picture; readonly capturedMs: number };

export type OpenCvCamera = {
  /** Waits for the next picture, two seconds at the most. Null: none came, the camera may be gone. */
  readonly read: () => CameraPicture | null;
  readonly close: () => void;
};

/** A driver's stamp that is older is on another clock. */
const MOST_AGE_MS = 1000;

/** `device`: a path as /dev/video0. Throws ItemError. */
export function openOpenCvCamera(device: string, { width, height, fps }: CameraFormat): OpenCvCamera {
  const cv = loadOpenCv();
  checkDevice(device);
  const capture = openCapture(cv, device);
  capture.set(CAP_PROP_FRAME_WIDTH, width);
  capture.set(CAP_PROP_FRAME_HEIGHT, height);
  capture.set(CAP_PROP_FPS, fps);
  return readCamera(cv, capture);
}

/** What can be had of a capture that is open. */
export function readCamera(cv: OpenCv, capture: VideoCapture): OpenCvCamera {
  const maker = createPixelMaker(cv, UPRIGHT, null);
  let release = (): void => {};

  const read = (): CameraPicture | null => {
    release();
    const mat = capture.read();
    release = () => mat.release();
    if (mat.empty) return null;
    const nowMs = monotonicMs();
    // Drivers stamp by the monotonic clock, which is ours.
    const stampMs = capture.get(CAP_PROP_POS_MSEC);
    const capturedMs = stampMs > nowMs - MOST_AGE_MS && stampMs <= nowMs ? stampMs : nowMs;
    return { picture: { display: { width: mat.cols, height: mat.rows }, render: (size) => maker.make(mat, size) }, capturedMs };
  };

  return {
    read,
    close: () => {
      release();
      capture.release();
      maker.close();
    },
  };
}

function checkDevice(device: string): void {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EACCES")
      throw new ItemError(`${device}: no permission to use the camera; add the user that runs streamerd to the group video`, { cause });
    throw new ItemError(`${device}: there is no such camera; plug it in, or name another one of /dev/video*`, { cause });
  }
}

function openCapture(cv: OpenCv, device: string): VideoCapture {
  try {
    return new cv.VideoCapture(device, CAP_V4L2);
  } catch (cause) {
    throw new ItemError(`${device}: OpenCV cannot open it as a camera; end the program that uses it, or name another device`, { cause });
  }
}
