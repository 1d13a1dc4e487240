// @ts-check
/** Runs in the browser's sound thread: gives it the samples of a SoundRing, and tells the page what came out. */

import { SoundRing } from "./sound-ring.js";

/** Blocks of 128 samples between two reports: about 20 ms. */
const BLOCKS_PER_REPORT = 8;

/**
 * What was played in one report's time.
 *
 * @typedef {{ seconds: number, position: number | null, ratio: number, underruns: number, jumps: number, low: Float32Array, high: Float32Array }} PlayedReport
 * @typedef {{ samples: Int16Array, firstSample: number, seconds: number }} SoundToPlay
 */

class StreamSound extends AudioWorkletProcessor {
  #ring;
  #blocks = 0;
  #low = new Float32Array(BLOCKS_PER_REPORT);
  #high = new Float32Array(BLOCKS_PER_REPORT);
  #seconds = 0;
  /** @type {number | null} */
  #position = null;

  /** @param {{ processorOptions: unknown }} options */
  constructor({ processorOptions }) {
    super();
    const isStereo =
      typeof processorOptions === "object" &&
      processorOptions !== null &&
      "channels" in processorOptions &&
      processorOptions.channels === 2;
    this.#ring = new SoundRing(sampleRate, isStereo ? 2 : 1);
    this.port.addEventListener("message", (/** @type {MessageEvent<SoundToPlay>} */ { data }) =>
      this.#ring.write(data.samples, data.firstSample, data.seconds),
    );
    this.port.start();
  }

  /**
   * @override
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const channels = outputs[0] ?? [];
    this.#ring.read(channels, currentTime);
    this.#measure(channels);
    return true;
  }

  /** @param {readonly Float32Array[]} channels */
  #measure(channels) {
    if (this.#blocks === 0) {
      this.#seconds = currentTime;
      this.#position = this.#ring.blockPosition;
    }
    this.#low[this.#blocks] = Math.min(...channels.map((samples) => Math.min(...samples)));
    this.#high[this.#blocks] = Math.max(...channels.map((samples) => Math.max(...samples)));
    this.#blocks += 1;
    if (this.#blocks < BLOCKS_PER_REPORT) return;
    this.#blocks = 0;
    const { ratio, underruns, jumps } = this.#ring;
    /** @type {PlayedReport} */
    const report = { seconds: this.#seconds, position: this.#position, ratio, underruns, jumps, low: this.#low, high: this.#high };
    this.port.postMessage(report);
  }
}

registerProcessor("stream-sound", StreamSound);
