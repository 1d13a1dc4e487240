/** Opens a page of `streamctl watch` in Chromium and tells what it shows: `page-probe.ts URL SECONDS`. On the host where the page is. */

import { chromium } from "playwright-core";

type Probe = {
  readonly pictures: readonly { readonly shownAtMs: number; readonly luminance: number | null }[];
  readonly sounds: readonly { readonly playedAtMs: number; readonly peak: number }[];
  readonly underruns: number;
  readonly jumps: number;
  readonly overtaken: number;
};

const BRIGHT = 200;
const LOUD = 0.1;
/** The rings of the page hold the last 300: a little less than this of sound's blocks. */
const READ_EVERY_MS = 400;
/** Joining and the first clock readings. */
const SETTLE_MS = 5000;

const [url = "", seconds = "60"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(url);
await page.waitForTimeout(SETTLE_MS);
const flashes = new Map<number, number>();
const pictures = new Map<number, number>();
const sounds = new Map<number, number>();
let last: Probe | null = null;
for (const endMs = performance.now() + Number(seconds) * 1000; performance.now() < endMs;) {
  last = await page.evaluate(() => (globalThis as unknown as { streamerdProbe: Probe }).streamerdProbe);
  for (const { shownAtMs, luminance } of last.pictures) pictures.set(shownAtMs, luminance ?? 0);
  for (const { playedAtMs, peak } of last.sounds) sounds.set(playedAtMs, peak);
  await page.waitForTimeout(READ_EVERY_MS);
}
await browser.close();

/** Where it goes from below the threshold to above it, and had been below for half a second. */
function onsets(values: ReadonlyMap<number, number>, threshold: number): readonly number[] {
  const found: number[] = [];
  let quietSinceMs: number | null = null;
  for (const [atMs, value] of [...values].toSorted(([a], [b]) => a - b)) {
    if (value < threshold) quietSinceMs ??= atMs;
    else {
      if (quietSinceMs !== null && atMs - quietSinceMs > 500) found.push(atMs);
      quietSinceMs = null;
    }
  }
  return found;
}

const beeps = onsets(sounds, LOUD);
for (const flashMs of onsets(pictures, BRIGHT)) {
  const beepMs = beeps.find((atMs) => Math.abs(atMs - flashMs) < 300);
  if (beepMs !== undefined) flashes.set(flashMs, flashMs - beepMs);
}
const apart = [...flashes.values()].map(Math.abs).toSorted((a, b) => a - b);
const at = (share: number): string => (apart[Math.min(apart.length - 1, Math.floor(share * apart.length))] ?? NaN).toFixed(1);
const times = [...pictures.keys()].toSorted((a, b) => a - b);
const fps = ((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
console.log(`${apart.length} flashes and beeps apart by p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms (a block of sound is 2.9 ms)`);
console.log(
  `${fps.toFixed(2)} pictures a second; ${last?.underruns} underruns and ${last?.jumps} jumps of the sound, ${last?.overtaken} pictures overtaken`,
);
