/** Finds a program file of the daemon beside the one that asks: sources in a checkout, compiled ones in a package. */

import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** `name`: without its extension, relative to `up` from the asking file's folder. */
export function programFile(name: string, askingUrl: string, up = "."): string {
  return fileURLToPath(new URL(`${up}/${name}${extname(askingUrl)}`, askingUrl));
}
