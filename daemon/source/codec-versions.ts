/** Prints the versions of the codecs as JSON, having used both: a process of its own for `streamctl doctor`, which a broken library may take down. */

import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import jpegTurbo from "@julusian/jpeg-turbo";
import { getFFmpegInfo } from "node-av/lib";

/** A picture of 8×8 black pixels: its library has to be there for that. */
function tryJpeg(): void {
  const format = jpegTurbo.FORMAT_BGRX;
  jpegTurbo.compressSync(Buffer.alloc(8 * 8 * 4), { format, width: 8, height: 8, quality: 80 });
}

function packageVersion(name: string): string {
  const path = findPackageJSON(name, import.meta.url);
  const { version }: { version?: unknown } = path === undefined ? {} : JSON.parse(readFileSync(path, "utf8"));
  return typeof version === "string" ? version : "unknown";
}

tryJpeg();
process.stdout.write(`${JSON.stringify({ ffmpeg: getFFmpegInfo().version, jpegTurbo: packageVersion("@julusian/jpeg-turbo") })}\n`);
