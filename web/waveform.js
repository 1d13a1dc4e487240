// @ts-check
/** The sound as a strip: its waveform over the last seconds, as it is played, and its level at the end. */

import { fitCanvas } from "./graphs.js";

/** Reports of about 20 ms: ten seconds at 44.1 kHz. */
const MOST_COLUMNS = 430;
/** Redrawn so often; for people who want no motion the strip moves once a second, in a step. */
const DRAW_EVERY_MS = 50;
const CALM_DRAW_EVERY_MS = 1000;
/** The level falls by so much a draw: a peak can be seen. */
const FALL = 0.93;
const CLIPPED = 0.98;
/** Loudness is no straight line: with this bend quiet speech is to be seen as well. */
const BEND = 0.6;

export class Waveform {
  /** @type {{ low: number, high: number }[]} */
  #columns = [];
  #level = 0;
  #drawnMs = 0;
  #canvas;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  /**
   * @param {Float32Array} low
   * @param {Float32Array} high
   */
  push(low, high) {
    this.#columns = [...this.#columns.slice(1 - MOST_COLUMNS), { low: Math.min(...low), high: Math.max(...high) }];
    const { low: lowest = 0, high: highest = 0 } = this.#columns.at(-1) ?? {};
    this.#level = Math.max(this.#level, -lowest, highest);
    const nowMs = performance.now();
    if (document.hidden || nowMs - this.#drawnMs < (this.#calm.matches ? CALM_DRAW_EVERY_MS : DRAW_EVERY_MS)) return;
    this.#drawnMs = nowMs;
    this.#draw();
  }

  #draw() {
    const fitted = fitCanvas(this.#canvas);
    if (fitted === null) return;
    const { context, width, height, style } = fitted;
    const [middle, meter] = [height / 2, 6];
    const room = width - meter - 6;
    context.fillStyle = style.getPropertyValue("--wave-line");
    context.fillRect(0, middle - 0.5, room, 1);
    context.fillStyle = style.getPropertyValue("--wave");
    const step = room / MOST_COLUMNS;
    const left = room - this.#columns.length * step;
    for (const [index, { low, high }] of this.#columns.entries()) {
      const top = middle - bend(high) * middle;
      context.fillRect(left + index * step, top, Math.max(step, 0.75), Math.max((bend(high) - bend(low)) * middle, 0.5));
    }
    context.fillStyle = style.getPropertyValue("--wave-line");
    context.fillRect(width - meter, 0, meter, height);
    context.fillStyle = style.getPropertyValue(this.#level > CLIPPED ? "--bad" : "--wave");
    context.fillRect(width - meter, height * (1 - bend(this.#level)), meter, height * bend(this.#level));
    this.#level *= FALL;
  }
}

/** @param {number} value from -1 to 1 */
function bend(value) {
  return Math.sign(value) * Math.abs(value) ** BEND;
}
