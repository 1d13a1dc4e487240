// @ts-check
/**
 * For tests of the page with a film of flashes and beeps: what came out and when, by the receiver's clock, as `window.streamerdProbe`. The
 * picture's luminance is measured with `?probe` in the URL only, since reading a canvas costs.
 */

const MOST = 300;
/** Pixels to each side: the mean of a picture that was scaled down to them. */
const SIDE = 8;

/** @typedef {{ senderMs: number, shownAtMs: number, luminance: number | null }} ProbedPicture */
/** @typedef {{ firstSample: number, senderMs: number, playedAtMs: number, peak: number }} ProbedSound a block of 128 samples */

export class Probe {
  /** @type {ProbedPicture[]} */
  pictures = [];
  /** @type {ProbedSound[]} */
  sounds = [];
  underruns = 0;
  jumps = 0;
  overtaken = 0;
  ratio = 1;
  /** @type {string} */
  soundState = "none";

  /** @param {ProbedPicture} picture */
  picture({ senderMs, shownAtMs, luminance }) {
    this.pictures = [...this.pictures.slice(1 - MOST), { senderMs, shownAtMs, luminance }];
  }

  /** @param {import("./sound.js").Played} played @param {number} sampleRateHz */
  sound({ report, senderMs, playedAtMs }, sampleRateHz) {
    const { position, low, high, underruns, jumps, ratio } = report;
    Object.assign(this, { underruns, jumps, ratio });
    if (position === null || senderMs === null || playedAtMs === null) return;
    const blocks = [...high.keys()].map((block) => {
      const [samples, ms] = [block * 128, (block * 128_000) / sampleRateHz];
      const peak = Math.max(high[block] ?? 0, -(low[block] ?? 0));
      return { firstSample: position + samples, senderMs: senderMs + ms, playedAtMs: playedAtMs + ms, peak };
    });
    this.sounds = [...this.sounds, ...blocks].slice(-MOST);
  }
}

export function isProbing() {
  return new URLSearchParams(location.search).has("probe");
}

/** Measures the mean luminance of pictures (BT.601), from 0 to 255. */
export function luminanceMeter() {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (/** @type {ImageBitmap} */ bitmap) => {
    if (context === null) return 0;
    context.drawImage(bitmap, 0, 0, SIDE, SIDE);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    return sum / (SIDE * SIDE);
  };
}
