/** What an end-to-end test needs of the machine. A test that cannot run says what is missing and how to get it: `test(name, { skip: lacks("ffmpeg") }, …)`. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where each command comes from on Debian. */
const PACKAGES = {
  curl: "curl",
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  "gst-launch-1.0": "gstreamer1.0-tools",
  ip: "iproute2",
  nc: "netcat-openbsd",
  nft: "nftables",
  pactl: "pulseaudio-utils",
  parecord: "pulseaudio-utils",
  pulseaudio: "pulseaudio",
  python3: "python3",
  tcpdump: "tcpdump",
  unshare: "util-linux",
} as const;

export type Command = keyof typeof PACKAGES;

/** Why network namespaces and these commands cannot be used here, or false if they can. */
export function lacks(...commands: readonly Command[]): string | false {
  if (process.getuid?.() !== 0) return "network namespaces need root: run npm test as root";
  const missing = (["ip", ...commands] as const).filter((command) => !isOnPath(command));
  if (missing.length === 0) return false;
  const packages = new Set(missing.map((command) => PACKAGES[command]));
  return `${missing.join(", ")} missing: apt-get install ${[...packages].join(" ")}`;
}

function isOnPath(command: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
