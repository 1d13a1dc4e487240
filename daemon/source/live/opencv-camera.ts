/** A camera by OpenCV as a live input (`engine: opencv`). Its reading waits in this thread: what else is captured waits with it. */

import { setImmediate as turn } from "node:timers/promises";
import { ItemError } from "../item-reader.ts";
import type { CaptureOptions } from "../messages.ts";
import { openOpenCvCamera } from "../opencv/camera.ts";
import type { LiveCapture } from "./capture.ts";

/** What OpenCV asks a camera for by itself. */
const USUAL = { width: 640, height: 480, fps: 30 } as const;

/** Throws ItemError. */
export function openCameraByOpenCv(device: string, { width, height, fps }: CaptureOptions): LiveCapture {
  const name = `camera:${device}`;
  const wanted = { width: width ?? USUAL.width, height: height ?? USUAL.height, fps: fps ?? USUAL.fps };
  const camera = openOpenCvCamera(device, wanted);
  const first = camera.read();
  if (first === null) throw new ItemError(`${name}: the camera gives no pictures; check that nothing else uses it`);
  const { display } = first.picture;
  return {
    facts: { video: { codec: "rawvideo", ...display, fps: wanted.fps, frameCount: null }, audio: null },
    run: async (sink, signal) => {
      while (!signal.aborted) {
        const taken = camera.read();
        if (taken === null) throw new ItemError(`${name}: the camera has gone; plug it in again`);
        sink.picture(taken.capturedMs * 1000, taken.picture);
        await turn();
      }
    },
    close: () => camera.close(),
  };
}
