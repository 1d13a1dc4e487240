/** What the test film and the slate are drawn with: boxes and words on a canvas of 32-bit pixels. Pure. */

import { GLYPH_HEIGHT, GLYPH_WIDTH, isDotSet } from "./font.ts";

/** Little-endian 0xXXRRGGBB, as BGRX bytes want it. */
export const WHITE = 0x00ffffff;
export const BLACK = 0x00000000;

export type Canvas = { readonly pixels: Uint32Array; readonly width: number; readonly height: number };

export function createCanvas(width: number, height: number): Canvas {
  return { pixels: new Uint32Array(width * height), width, height };
}

/** White on a black box, centred; `top` and `size` are shares of the height. What is too wide is made smaller. */
export function drawText(canvas: Canvas, text: string, top: number, size: number): void {
  const widest = canvas.width / ((text.length + 1) * (GLYPH_WIDTH + 1));
  const dot = Math.floor(Math.min((canvas.height * size) / GLYPH_HEIGHT, widest));
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

export function fillBox(
  { pixels, width, height }: Canvas,
  x: number,
  y: number,
  boxWidth: number,
  boxHeight: number,
  colour: number,
): void {
  const left = Math.max(0, x);
  const right = Math.min(width, x + boxWidth);
  if (left >= right) return;
  for (let row = Math.max(0, y); row < Math.min(height, y + boxHeight); row++) pixels.fill(colour, row * width + left, row * width + right);
}
