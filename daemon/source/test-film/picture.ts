/** Draws the test film: colour bars, a bar that moves, a frame counter, and a white flash at each full second. Pure. */

import { BLACK, type Canvas, drawText, fillBox, WHITE } from "../drawing/canvas.ts";

export const TEST_FILM_SIZE = { width: 1280, height: 720 } as const;
export const TEST_FILM_FPS = 25;
/** Long enough to see a clock run, short enough to see that it loops without a gap. */
export const TEST_FILM_SECONDS = 60;
const FLASH_FRAMES = 3;

/** As `WHITE` and `BLACK` are. */
const BARS = [0x00bfbfbf, 0x00bfbf00, 0x0000bfbf, 0x0000bf00, 0x00bf00bf, 0x00bf0000, 0x000000bf, 0x00202020] as const;

/** Frame `index` of the film at `fps` frames a second, over the whole canvas. */
export function drawFrame(canvas: Canvas, index: number, fps: number = TEST_FILM_FPS): void {
  const { width, height } = canvas;
  const isFlash = index % fps < FLASH_FRAMES;
  if (isFlash) canvas.pixels.fill(WHITE);
  else drawBars(canvas);
  // Once across in two seconds: a stutter is seen at once.
  const barWidth = Math.max(1, Math.round(width / 40));
  const progress = (index % (2 * fps)) / (2 * fps);
  fillBox(
    canvas,
    Math.round(progress * (width - barWidth)),
    Math.round(height * 0.8),
    barWidth,
    Math.round(height * 0.2),
    isFlash ? BLACK : WHITE,
  );
  const seconds = index / fps;
  drawText(canvas, String(index).padStart(4, "0"), 0.2, 0.3);
  drawText(canvas, `${seconds.toFixed(2).padStart(5, "0")}s`, 0.58, 0.14);
}

function drawBars({ pixels, width, height }: Canvas): void {
  for (let x = 0; x < width; x++) pixels[x] = BARS[Math.floor((x * BARS.length) / width)] ?? BLACK;
  for (let filled = width; filled < width * height; filled *= 2) pixels.copyWithin(filled, 0, Math.min(filled, width * height - filled));
}
