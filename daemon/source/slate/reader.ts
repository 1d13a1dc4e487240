/** The slate as an item: the channel's name, NO SIGNAL and the time of day, while a live source is away. It has no sound. */

import { type Canvas, createCanvas } from "../drawing/canvas.ts";
import type { ItemReader } from "../item-reader.ts";
import type { Pixels } from "../jpeg-encoder.ts";
import type { Size } from "../picture-size.ts";
import { drawSlate, SLATE_SIZE } from "./picture.ts";

/** Often enough for a clock. */
const FPS = 2;
const FRAME_US = 1e6 / FPS;
/** It is to last; a day later it begins anew. */
const LENGTH_US = 24 * 3600 * 1e6;

/** When its position 0 was, by `performance.now()`: it is opened again in the middle for another form, and its clock is not to notice. */
let beganMs: number | null = null;

export function openSlateReader(title: string): ItemReader {
  let frame = 0;
  let canvas: Canvas | null = null;

  const render = (positionUs: number, { width, height }: Size): Pixels => {
    if (canvas === null || canvas.width !== width || canvas.height !== height) canvas = createCanvas(width, height);
    // The system clock may have been set since.
    const zeroMs = Date.now() - performance.now() + (beganMs ??= performance.now() - positionUs / 1000);
    drawSlate(canvas, title, new Date(zeroMs + positionUs / 1000));
    return { width, height, bytes: Buffer.from(canvas.pixels.buffer), bytesPerPixel: 4, stridePixels: width };
  };

  return {
    facts: { name: "slate", durationMs: null, video: { codec: "generated", ...SLATE_SIZE, fps: FPS, frameCount: null }, audio: null },
    picture: { startUs: 0, expectedEndUs: () => LENGTH_US, heldFromUs: () => null },
    soundStartUs: null,
    seek: (positionUs) => {
      frame = Math.floor(Math.max(0, positionUs) / FRAME_US);
    },
    passOver: () => {},
    step: (sink) => {
      const positionUs = frame * FRAME_US;
      sink.picture(positionUs, positionUs + FRAME_US, { display: SLATE_SIZE, render: (size) => render(positionUs, size) });
      frame++;
      return positionUs + FRAME_US < LENGTH_US;
    },
    isWhole: () => true,
    close: () => {
      canvas = null;
    },
  };
}
