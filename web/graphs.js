// @ts-check
/** Small live graphs of the last minute: one value a second, its name, and the line. */

const MOST_POINTS = 60;

/**
 * @typedef {{ name: string, unit: string, digits: number, least: number, canBeNegative: boolean, hint: string }} GraphForm
 *   `least`: the height is at least this much, so that nothing looks like a drama which is none.
 */

export class Graph {
  /** @type {(number | null)[]} */
  #points = [];
  #form;
  #canvas = document.createElement("canvas");
  #value = document.createElement("output");
  #item = document.createElement("li");

  /**
   * @param {HTMLElement} list
   * @param {GraphForm} form
   */
  constructor(list, form) {
    this.#form = form;
    const name = document.createElement("h3");
    name.textContent = form.name;
    this.#item.title = form.hint;
    this.#canvas.setAttribute("aria-hidden", "true");
    // Read when it is asked for: five values a second would drown everything else.
    this.#value.setAttribute("aria-live", "off");
    this.#value.setAttribute("aria-label", form.name);
    this.#item.append(name, this.#value, this.#canvas);
    list.append(this.#item);
    this.#say(null);
  }

  /** Null: nothing is known of this second. @param {number | null} value */
  push(value) {
    this.#points = [...this.#points.slice(1 - MOST_POINTS), value];
    this.#say(value);
    this.draw();
  }

  draw() {
    const fitted = fitCanvas(this.#canvas);
    if (fitted === null) return;
    const { context, width, height, style } = fitted;
    const { low, high } = this.#range();
    const y = (/** @type {number} */ value) => 2 + (height - 4) * (1 - (value - low) / (high - low));
    context.fillStyle = style.getPropertyValue("--line");
    context.fillRect(0, y(0) - 0.5, width, 1);
    context.strokeStyle = style.getPropertyValue("--wave");
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.beginPath();
    let isDown = false;
    for (const [index, value] of this.#points.entries()) {
      if (value !== null) {
        const x = width - (this.#points.length - 1 - index) * (width / (MOST_POINTS - 1));
        if (isDown) context.lineTo(x, y(value));
        else context.moveTo(x, y(value));
      }
      isDown = value !== null;
    }
    context.stroke();
  }

  #range() {
    const { least, canBeNegative } = this.#form;
    const known = this.#points.filter((point) => point !== null);
    const high = Math.max(least, ...known);
    return canBeNegative ? { low: Math.min(-least, ...known), high } : { low: 0, high };
  }

  /** @param {number | null} value */
  #say(value) {
    this.#value.value = value === null ? "–" : `${rounded(value, this.#form.digits).replace("-", "−")} ${this.#form.unit}`;
  }
}

/**
 * Gives the canvas as many pixels as the screen has there, emptied, and measures in CSS pixels. Null: it is not to be seen.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function fitCanvas(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (width === 0 || height === 0 || context === null) return null;
  const [wide, high] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, style: getComputedStyle(canvas) };
}

/** Never "-0". @param {number} value @param {number} digits */
function rounded(value, digits) {
  return (Number(value.toFixed(digits)) + 0).toFixed(digits);
}
