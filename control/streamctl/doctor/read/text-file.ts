// Small files of /proc and /sys, which are there or not.

import { readFileSync } from "node:fs";

/** Without white space around it; null where it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

export function readNumber(path: string): number | null {
  const text = readText(path);
  return text === null || !/^-?\d+$/.test(text) ? null : Number(text);
}
