/** What can be said about a camera that cannot be opened: missing, busy, forbidden, or asked for what it does not have. */

import { accessSync, constants, statSync } from "node:fs";
import { ItemError } from "../item-reader.ts";
import type { CaptureOptions } from "../messages.ts";
import { type CameraMode, listModes, showModes } from "./camera-modes.ts";

const EBUSY = -16;
const ENODEV = -19;
const EACCES = -13;

/** Throws ItemError unless there is such a device, and it may be opened. */
export function checkCamera(device: string): void {
  const name = `camera:${device}`;
  try {
    if (!statSync(device).isCharacterDevice()) throw new ItemError(`${name}: is no device; streamctl devices lists the cameras`);
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    if (error instanceof ItemError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EACCES" || code === "EPERM")
      throw new ItemError(`${name}: no permission to open it; add the user that runs streamerd to the group video`, { cause: error });
    throw new ItemError(`${name}: there is no such camera; plug it in, or name another one: streamctl devices lists them`, {
      cause: error,
    });
  }
}

/** `code`: FFmpeg's. */
export function explainCamera(device: string, code: number, wanted: CaptureOptions): string {
  const name = `camera:${device}`;
  if (code === EBUSY) return `${name}: is in use by another program; end that one first`;
  if (code === EACCES) return `${name}: no permission to open it; add the user that runs streamerd to the group video`;
  if (code === ENODEV) return `${name}: the camera has gone; plug it in again`;
  return explainModes(name, listModes(device), wanted, code);
}

/** Pure. */
export function explainModes(name: string, modes: readonly CameraMode[], wanted: CaptureOptions, code: number): string {
  if (modes.length === 0) return `${name}: is no camera that can be read (${code}); name another one: streamctl devices lists them`;
  const { format, width, height, fps } = wanted;
  const asked = [format ?? "any format", width === null || height === null ? "" : `${width}x${height}`, fps === null ? "" : `${fps} FPS`];
  return `${name}: does not have ${asked.filter((part) => part !== "").join(" ")}; it has ${showModes(modes)}`;
}
