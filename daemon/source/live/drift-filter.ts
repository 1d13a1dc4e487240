/** How far captured sound has drifted from where it belongs, and what to do about it: nothing, a hair of resampling, or a jump. Pure. */

/** Further away than this it is no drift: something is missing, or the clock jumped. */
const JUMP_MS = 60;
/** Below this nothing is done: less than what the stamps jitter by. */
const CALM_MS = 0.5;
/** Corrections are spread over this long. */
const CORRECT_OVER_MS = 500;
/** Part of the error that one correction takes away. */
const CORRECTION = 0.5;
/** A change of pitch by 2 cents is not heard. */
const MOST_CORRECTION = 0.001;
/** Weight of a new error among the old ones, for each ms that it stands for. */
const WEIGHT_PER_MS = 0.002;

export type DriftStep =
  | { readonly kind: "jump" }
  /** `samples` more (or fewer) than came, spread over the next `over`; null: as before. */
  | { readonly kind: "follow"; readonly compensation: { readonly samples: number; readonly over: number } | null };

export class DriftFilter {
  readonly #sampleRateHz: number;
  #errorSamples: number | null = null;
  #sinceCorrection = 0;
  #isCorrecting = false;

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
  }

  /** `errorSamples`: how much later than where the line stands a piece of `count` samples belongs. */
  note(errorSamples: number, count: number): DriftStep {
    const perMs = this.#sampleRateHz / 1000;
    if (Math.abs(errorSamples) > JUMP_MS * perMs) {
      this.#errorSamples = null;
      this.#sinceCorrection = 0;
      return { kind: "jump" };
    }
    const weight = Math.min(1, (count / perMs) * WEIGHT_PER_MS);
    this.#errorSamples = this.#errorSamples === null ? errorSamples : this.#errorSamples + (errorSamples - this.#errorSamples) * weight;
    this.#sinceCorrection += count;
    const over = Math.round(CORRECT_OVER_MS * perMs);
    if (this.#sinceCorrection < over) return { kind: "follow", compensation: null };
    this.#sinceCorrection = 0;
    const isCalm = Math.abs(this.#errorSamples) < CALM_MS * perMs;
    if (isCalm && !this.#isCorrecting) return { kind: "follow", compensation: null };
    this.#isCorrecting = !isCalm;
    const most = MOST_CORRECTION * over;
    const samples = isCalm ? 0 : Math.round(Math.max(-most, Math.min(most, this.#errorSamples * CORRECTION)));
    return { kind: "follow", compensation: { samples, over } };
  }
}
