/** Draws the slate: what a channel shows while its live source is away. Pure. */

import { type Canvas, drawText } from "../drawing/canvas.ts";

export const SLATE_SIZE = { width: 1280, height: 720 } as const;
/** A dark grey, so that black text boxes are seen as such. */
const BACKGROUND = 0x00303030;

/** `at`: the time of day that it shows, in the zone of the machine. */
export function drawSlate(canvas: Canvas, title: string, at: Date): void {
  canvas.pixels.fill(BACKGROUND);
  drawText(canvas, title.toUpperCase(), 0.16, 0.12);
  drawText(canvas, "NO SIGNAL", 0.42, 0.18);
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
  drawText(canvas, clock, 0.74, 0.1);
}
