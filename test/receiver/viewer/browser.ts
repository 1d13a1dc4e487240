// Debian's Chromium without a window, for the tests of the page.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const PROGRAM = "/usr/bin/chromium";
const AUTOPLAY = "--autoplay-policy=";

/** False, or what is missing and how to get it. */
export const missingBrowser: string | false = existsSync(PROGRAM) ? false : `${PROGRAM} is missing: apt-get install chromium`;

/** It makes sound and plays it to nobody. Without a policy on autoplay among `more` it needs no click for it. */
export function launchBrowser(...more: readonly string[]): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const autoplay = more.some((option) => option.startsWith(AUTOPLAY)) ? [] : [`${AUTOPLAY}no-user-gesture-required`];
  return chromium.launch({ executablePath: PROGRAM, args: [...sandbox, ...autoplay, "--mute-audio", "--disable-dev-shm-usage", ...more] });
}
