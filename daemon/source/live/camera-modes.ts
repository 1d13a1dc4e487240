/** The forms in which a camera can capture, in the words of the configuration. */

import { Device } from "node-av/lib";
import { avGetPixFmtName } from "node-av/lib";

export type CameraMode = { readonly format: string; readonly width: number; readonly height: number; readonly mostFps: number };

/** What is told of a camera with very many. */
const MOST_SHOWN = 12;

/** Nothing if the device cannot be asked. */
export function listModes(device: string): readonly CameraMode[] {
  try {
    return Device.modesSync(device).map(({ width, height, maxFrameRate, pixelFormat }) => ({
      format: avGetPixFmtName(pixelFormat) ?? "mjpeg",
      width,
      height,
      mostFps: Math.round(maxFrameRate * 100) / 100,
    }));
  } catch {
    return [];
  }
}

/** Pure. The largest first. */
export function showModes(modes: readonly CameraMode[]): string {
  const sorted = modes.toSorted((one, other) => other.width * other.height - one.width * one.height);
  const shown = sorted.slice(0, MOST_SHOWN).map(({ format, width, height, mostFps }) => `${format} ${width}x${height} ${mostFps} FPS`);
  return shown.join(", ") + (sorted.length > MOST_SHOWN ? ", …" : "");
}
