// @ts-check
/**
 * Sound on its way to the loudspeaker: samples in by their place on the stream's clock, out at the time of each. It follows by playing a hair
 * faster or slower (±0.1 %, which nobody hears), jumps only when it is far off, and gives zeros when nothing is there. Pure: it reads no clock.
 */

/** The receiver sends a fraction of a second ahead. */
const CAPACITY_SECONDS = 4;
const MOST_STRETCH = 0.001;
/** An error is worked off in about this time: slow against the jitter of the clocks, fast against their drift. */
const FOLLOW_SECONDS = 2;
const JUMP_SECONDS = 0.05;
/** The edge of a gap: short enough not to be missed, long enough not to click. */
const FADE_SECONDS = 0.003;
/** Sound that comes back after longer was away; before that it was late. */
const UNDERRUN_SECONDS = 1;

export class SoundRing {
  /** @type {Float32Array[]} */
  #channels;
  #capacity;
  #rate;
  /** Samples from..end are there. */
  #from = 0;
  #end = 0;
  /** @type {{ position: number, seconds: number } | null} that place is due at that time */
  #anchor = null;
  /** @type {number | null} what comes next; null: nothing is being played */
  #position = null;
  /** @type {number | null} */
  #blockPosition = null;
  /** @type {number | null} since when nothing is there, after something was */
  #drySeconds = null;
  #gain = 0;
  /** @type {number[]} what came out last, for the fade at the edge of a gap */
  #last;
  #ratio = 1;
  underruns = 0;
  jumps = 0;

  /**
   * @param {number} sampleRateHz
   * @param {number} channels
   */
  constructor(sampleRateHz, channels) {
    this.#rate = sampleRateHz;
    this.#capacity = 2 ** Math.ceil(Math.log2(sampleRateHz * CAPACITY_SECONDS));
    this.#channels = Array.from({ length: channels }, () => new Float32Array(this.#capacity));
    this.#last = Array.from({ length: channels }, () => 0);
  }

  /** The place of the first sample of the last `read`; null: nothing was played. */
  get blockPosition() {
    return this.#blockPosition;
  }

  /** How much faster than written it is played. */
  get ratio() {
    return this.#ratio;
  }

  /**
   * @param {Int16Array} samples interleaved
   * @param {number} firstSample
   * @param {number} seconds when the first of them is due
   */
  write(samples, firstSample, seconds) {
    const count = Math.floor(samples.length / this.#channels.length);
    const gap = firstSample - this.#end;
    if (gap < 0 || gap > this.#capacity / 2) this.#startAt(firstSample);
    else if (gap > 0) this.#put(gap, () => 0);
    const channels = this.#channels.length;
    this.#put(count, (frame, channel) => (samples[frame * channels + channel] ?? 0) / 32768);
    this.#anchor = { position: firstSample, seconds };
  }

  /**
   * @param {readonly Float32Array[]} outputs one for each channel, of equal length
   * @param {number} seconds when the first sample of them comes out
   */
  read(outputs, seconds) {
    const length = outputs[0]?.length ?? 0;
    this.#aim(seconds);
    this.#blockPosition = this.#position;
    for (let frame = 0; frame < length; frame++) {
      const isThere = this.#position !== null && this.#canRead(this.#position);
      if (this.#position !== null && !isThere) {
        this.#position = null;
        this.#drySeconds = seconds;
      }
      this.#gain = Math.min(1, Math.max(0, this.#gain + (isThere ? 1 : -1) / (FADE_SECONDS * this.#rate)));
      for (const [channel, output] of outputs.entries()) output[frame] = this.#sample(channel) * this.#gain;
      if (this.#position !== null) this.#position += this.#ratio;
    }
  }

  /** Where playing is to be, and how it gets there. @param {number} seconds */
  #aim(seconds) {
    if (this.#anchor === null) return;
    const target = this.#anchor.position + (seconds - this.#anchor.seconds) * this.#rate;
    if (this.#position === null) return this.#begin(target, seconds);
    const error = target - this.#position;
    if (Math.abs(error) > JUMP_SECONDS * this.#rate) {
      this.jumps += 1;
      this.#gain = 0;
      this.#position = target;
      this.#ratio = 1;
    } else {
      this.#ratio = 1 + Math.min(MOST_STRETCH, Math.max(-MOST_STRETCH, error / (FOLLOW_SECONDS * this.#rate)));
    }
  }

  /**
   * @param {number} target
   * @param {number} seconds
   */
  #begin(target, seconds) {
    if (!this.#canRead(target)) return;
    if (this.#drySeconds !== null && seconds - this.#drySeconds < UNDERRUN_SECONDS) this.underruns += 1;
    this.#drySeconds = null;
    this.#position = target;
    this.#ratio = 1;
  }

  /** The curve through four samples is there. @param {number} position */
  #canRead(position) {
    return Math.floor(position) >= this.#from && Math.floor(position) + 2 < this.#end;
  }

  /** @param {number} channel */
  #sample(channel) {
    const samples = this.#channels[channel];
    if (this.#position === null || samples === undefined) return this.#last[channel] ?? 0;
    const index = Math.floor(this.#position);
    const at = (/** @type {number} */ offset) => samples[(index + offset) & (this.#capacity - 1)] ?? 0;
    const value = hermite(index > this.#from ? at(-1) : at(0), at(0), at(1), at(2), this.#position - index);
    this.#last[channel] = value;
    return value;
  }

  /** @param {number} firstSample */
  #startAt(firstSample) {
    this.#from = firstSample;
    this.#end = firstSample;
    this.#position = null;
    this.#drySeconds = null;
  }

  /**
   * @param {number} count
   * @param {(frame: number, channel: number) => number} value
   */
  #put(count, value) {
    for (const [channel, samples] of this.#channels.entries()) {
      for (let frame = 0; frame < count; frame++) samples[(this.#end + frame) & (this.#capacity - 1)] = value(frame, channel);
    }
    this.#end += count;
    this.#from = Math.max(this.#from, this.#end - this.#capacity);
  }
}

/**
 * Catmull-Rom: goes through b and c, where `part` is 0 and 1.
 *
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @param {number} part
 */
function hermite(a, b, c, d, part) {
  const slope = (c - a) / 2;
  const curve = a - 2.5 * b + 2 * c - d / 2;
  const cubic = (d - a) / 2 + 1.5 * (b - c);
  return ((cubic * part + curve) * part + slope) * part + b;
}
