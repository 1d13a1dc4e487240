// @ts-check
/** The picture: JPEGs in, each on the canvas at its time, with the received FPS in its corner as the classic window has it. */

import { PictureQueue } from "./picture-queue.js";
import { median } from "./shown.js";

/** Over which the FPS is taken, and how often its text changes: fast enough to be true, slow enough to be read. */
const FPS_WINDOW_MS = 2000;
const FPS_TEXT_EVERY_MS = 500;
const MOST_INTERVALS = 30;

/** @typedef {import("./messages.js").PictureMessage & { decoded: ImageBitmap | null, isDecoding: boolean }} WaitingPicture */

/** @typedef {{ senderMs: number, showAtMs: number, shownAtMs: number, luminance: number | null }} ShownPicture times by the receiver's clock */

export class Picture {
  /** @type {PictureQueue<ImageBitmap, WaitingPicture>} */
  #queue = new PictureQueue();
  /** @type {number[]} */
  #arrivedMs = [];
  #fpsText = "";
  #fpsTextMs = Number.NEGATIVE_INFINITY;
  /** @type {{ bitmap: ImageBitmap } | null} */
  #last = null;
  /** @type {number[]} between the browser's frames */
  #intervalsMs = [];
  #frameMs = 0;
  #canvas;
  #context;
  #clock;
  #onShown;
  #luminance;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{ clock: { toServerMs: (pageMs: number) => number | null }, onShown: (picture: ShownPicture) => void,
   *   luminance: ((bitmap: ImageBitmap) => number) | null }} options
   */
  constructor(canvas, { clock, onShown, luminance }) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.#clock = clock;
    this.#onShown = onShown;
    this.#luminance = luminance;
  }

  get overtaken() {
    return this.#queue.overtaken;
  }

  /** Pictures a second that have come lately. */
  get receivedFps() {
    const [first, last] = [this.#arrivedMs[0], this.#arrivedMs.at(-1)];
    if (first === undefined || last === undefined || last <= first || performance.now() - last > FPS_WINDOW_MS) return 0;
    return ((this.#arrivedMs.length - 1) * 1000) / (last - first);
  }

  /** Begins to draw with each of the browser's frames. */
  run() {
    requestAnimationFrame((frameMs) => this.#frame(frameMs));
  }

  /** @param {import("./messages.js").PictureMessage} message */
  push(message) {
    const nowMs = performance.now();
    this.#arrivedMs = [...this.#arrivedMs.filter((ms) => nowMs - ms < FPS_WINDOW_MS), nowMs];
    this.#queue.push({ ...message, decoded: null, isDecoding: false });
    this.#decodeNext();
  }

  /** In a hidden tab the browser makes no frames, and whoever watches picture-in-picture still wants some: called with whatever comes. */
  drawIfHidden() {
    if (document.hidden) this.#show(performance.now());
  }

  /** Draws the last picture anew, with the FPS as it is now. */
  redraw() {
    this.#fpsTextMs = Number.NEGATIVE_INFINITY;
    if (this.#last !== null) this.#draw(this.#last.bitmap);
  }

  /** For a new connection: what waits was meant for another clock. */
  clear() {
    this.#queue.clear();
    this.#arrivedMs = [];
  }

  #decodeNext() {
    const nowMs = this.#serverMs(performance.now());
    for (let next = this.#queue.nextToDecode(nowMs); next !== null; next = this.#queue.nextToDecode(nowMs)) void this.#decode(next);
  }

  /** @param {WaitingPicture} picture */
  async #decode(picture) {
    picture.isDecoding = true;
    try {
      const bitmap = await createImageBitmap(picture.jpeg, 0, 0, picture.width, picture.height);
      if (this.#queue.has(picture)) picture.decoded = bitmap;
      else bitmap.close();
    } catch {
      // No JPEG after all: the next one is on its way.
      this.#queue.remove(picture);
    }
    picture.isDecoding = false;
    this.#decodeNext();
  }

  /** @param {number} frameMs */
  #frame(frameMs) {
    if (this.#frameMs > 0) this.#intervalsMs = [...this.#intervalsMs.slice(1 - MOST_INTERVALS), frameMs - this.#frameMs];
    this.#frameMs = frameMs;
    // What is drawn now comes out with the next frame.
    this.#show(frameMs + (median(this.#intervalsMs) ?? 0));
    this.run();
  }

  /** The picture whose time is nearest to when it comes out: half a frame too early is better than half a frame too late. @param {number} comesOutMs */
  #show(comesOutMs) {
    const halfFrameMs = (median(this.#intervalsMs) ?? 0) / 2;
    const picture = this.#queue.takeDue(this.#serverMs(comesOutMs + halfFrameMs));
    if (picture === null || picture.decoded === null) return;
    const luminance = this.#luminance?.(picture.decoded) ?? null;
    this.#last?.bitmap.close();
    this.#last = { bitmap: picture.decoded };
    this.#draw(picture.decoded);
    this.#onShown({ senderMs: picture.senderMs, showAtMs: picture.showAtMs, shownAtMs: this.#serverMs(comesOutMs), luminance });
    this.#decodeNext();
  }

  /** Before the first pong everything is due. @param {number} pageMs */
  #serverMs(pageMs) {
    return this.#clock.toServerMs(pageMs) ?? Number.POSITIVE_INFINITY;
  }

  /** @param {ImageBitmap} bitmap */
  #draw(bitmap) {
    const { width, height } = bitmap;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#canvas.parentElement?.style.setProperty("--picture-ratio", `${width} / ${height}`);
    }
    this.#context?.drawImage(bitmap, 0, 0);
    const nowMs = performance.now();
    if (nowMs - this.#fpsTextMs >= FPS_TEXT_EVERY_MS) {
      this.#fpsText = `FPS: ${this.receivedFps.toFixed(1)}`;
      this.#fpsTextMs = nowMs;
      this.#canvas.dataset["fps"] = this.#fpsText;
    }
    this.#drawFps(height);
  }

  /** @param {number} height */
  #drawFps(height) {
    const context = this.#context;
    if (context === null) return;
    const size = Math.max(11, Math.round(height * 0.06));
    context.font = `600 ${size}px system-ui, sans-serif`;
    context.lineJoin = "round";
    context.lineWidth = size / 5;
    context.strokeStyle = "rgb(0 0 0 / 55%)";
    context.strokeText(this.#fpsText, size * 0.6, size * 1.4);
    context.fillStyle = "#ff5a4d";
    context.fillText(this.#fpsText, size * 0.6, size * 1.4);
  }
}
