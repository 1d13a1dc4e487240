/** Draws the test film: colour bars, a bar that moves, a frame counter, and a white flash at each full second. Pure. */

import { GLYPH_HEIGHT, GLYPH_WIDTH, isDotSet } from "./digits.ts";

export const TEST_FILM_SIZE = { width: 1280, height: 720 } as const;
export const TEST_FILM_FPS = 25;
/** Long enough to see a clock run, short enough to see that it loops without a gap. */
export const TEST_FILM_SECONDS = 60;
const FLASH_FRAMES = 3;

/** Little-endian 0xXXRRGGBB, as BGRX bytes want it. */
const WHITE = 0x00ffffff;
const BLACK = 0x00000000;
const BARS = [0x00bfbfbf, 0x00bfbf00, 0x0000bfbf, 0x0000bf00, 0x00bf00bf, 0x00bf0000, 0x000000bf, 0x00202020] as const;

export type Canvas = { readonly pixels: Uint32Array; readonly width: number; readonly height: number };

export function createCanvas(width: number, height: number): Canvas {
  return { pixels: new Uint32Array(width * height), width, height };
}

/** Frame `index` of the film, over the whole canvas. */
export function drawFrame(canvas: Canvas, index: number): void {
  const { width, height } = canvas;
  const isFlash = index % TEST_FILM_FPS < FLASH_FRAMES;
  if (isFlash) canvas.pixels.fill(WHITE);
  else drawBars(canvas);
  // Once across in two seconds: a stutter is seen at once.
  const barWidth = Math.max(1, Math.round(width / 40));
  const progress = (index % (2 * TEST_FILM_FPS)) / (2 * TEST_FILM_FPS);
  fillBox(
    canvas,
    Math.round(progress * (width - barWidth)),
    Math.round(height * 0.8),
    barWidth,
    Math.round(height * 0.2),
    isFlash ? BLACK : WHITE,
  );
  const seconds = index / TEST_FILM_FPS;
  drawText(canvas, String(index).padStart(4, "0"), 0.2, 0.3);
  drawText(canvas, `${seconds.toFixed(2).padStart(5, "0")}s`, 0.58, 0.14);
}

function drawBars({ pixels, width, height }: Canvas): void {
  for (let x = 0; x < width; x++) pixels[x] = BARS[Math.floor((x * BARS.length) / width)] ?? BLACK;
  for (let filled = width; filled < width * height; filled *= 2) pixels.copyWithin(filled, 0, Math.min(filled, width * height - filled));
}

/** White on a black box, centred; `top` and `size` are shares of the height. */
function drawText(canvas: Canvas, text: string, top: number, size: number): void {
  const dot = Math.floor((canvas.height * size) / GLYPH_HEIGHT);
  if (dot < 1) return;
  const advance = (GLYPH_WIDTH + 1) * dot;
  const left = Math.round((canvas.width - text.length * advance + dot) / 2);
  const y = Math.round(canvas.height * top);
  fillBox(canvas, left - dot, y - dot, text.length * advance + dot, (GLYPH_HEIGHT + 2) * dot, BLACK);
  for (let at = 0; at < text.length; at++) {
    for (let row = 0; row < GLYPH_HEIGHT; row++) {
      for (let column = 0; column < GLYPH_WIDTH; column++) {
        if (!isDotSet(text.charAt(at), column, row)) continue;
        fillBox(canvas, left + at * advance + column * dot, y + row * dot, dot, dot, WHITE);
      }
    }
  }
}

function fillBox({ pixels, width, height }: Canvas, x: number, y: number, boxWidth: number, boxHeight: number, colour: number): void {
  const left = Math.max(0, x);
  const right = Math.min(width, x + boxWidth);
  if (left >= right) return;
  for (let row = Math.max(0, y); row < Math.min(height, y + boxHeight); row++) pixels.fill(colour, row * width + left, row * width + right);
}
