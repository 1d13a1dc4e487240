/** Sound made a hair longer or shorter, by interpolation between its samples: so it follows a clock without a cut. Pure. */

/** ±0.1 %: no ear hears it. */
export const MOST_STRETCH = 0.001;

export class Stretch {
  readonly #channels: number;
  /** Place of the next sample that comes out, counted in those that go in, from the last one of the piece before. */
  #position = 1;
  #last: Int16Array;

  constructor(channels: number) {
    this.#channels = channels;
    this.#last = new Int16Array(channels);
  }

  /** `by`: how much longer it becomes, within ±`MOST_STRETCH`. Interleaved samples. */
  apply(samples: Int16Array, by: number): Int16Array {
    const channels = this.#channels;
    const frames = samples.length / channels;
    const step = 1 / (1 + Math.max(-MOST_STRETCH, Math.min(MOST_STRETCH, by)));
    const most = Math.ceil(frames / step) + 1;
    const stretched = new Int16Array(most * channels);
    let made = 0;
    for (; this.#position <= frames; this.#position += step, made++) {
      const index = Math.floor(this.#position);
      const part = this.#position - index;
      for (let channel = 0; channel < channels; channel++) {
        const from = this.#at(samples, index, channel);
        const to = part === 0 ? from : this.#at(samples, index + 1, channel);
        stretched[made * channels + channel] = Math.round(from + (to - from) * part);
      }
    }
    this.#position -= frames;
    this.#last = samples.slice(-channels);
    return stretched.subarray(0, made * channels);
  }

  /** 0 is the last sample of the piece before, 1 the first of this one. */
  #at(samples: Int16Array, index: number, channel: number): number {
    return (index === 0 ? this.#last[channel] : samples[(index - 1) * this.#channels + channel]) ?? 0;
  }
}
