/**
 * Captured sound → an unbroken line of samples on the monotonic clock. The device's clock is never quite the daemon's: the sound is resampled
 * by a hair, so that it stays where it was captured. Only a hole, or a clock that jumped, breaks the line.
 */

import { AV_SAMPLE_FMT_S16, type AVSampleFormat } from "node-av/constants";
import { avChannelLayoutDefault, SoftwareResampleContext } from "node-av/lib";
import { ItemError } from "../item-reader.ts";
import type { SourceFormat } from "../messages.ts";
import { DriftFilter } from "./drift-filter.ts";

type SoundFormat = NonNullable<SourceFormat["audio"]>;

export type CapturedForm = { readonly sampleRateHz: number; readonly channels: number; readonly format: AVSampleFormat };

export type SoundFollower = {
  /** `planes`: `count` sample frames as captured, the first of them at `capturedUs`. */
  readonly put: (capturedUs: number, planes: Buffer[], count: number, emit: (sample: number, samples: Int16Array) => void) => void;
  readonly close: () => void;
};

/** Throws ItemError if FFmpeg knows no conversion. */
export function createSoundFollower(name: string, from: CapturedForm, to: SoundFormat): SoundFollower {
  const context = new SoftwareResampleContext();
  const [inLayout, outLayout] = [avChannelLayoutDefault(from.channels), avChannelLayoutDefault(to.channels)];
  const made = context.allocSetOpts2(outLayout, AV_SAMPLE_FMT_S16, to.sampleRateHz, inLayout, from.format, from.sampleRateHz);
  // FFmpeg would make mono 3 dB quieter on two sides.
  if (made >= 0 && from.channels === 1 && to.channels === 2) context.setMatrix([1, 1], 1);
  const ready = made < 0 ? made : context.init();
  // From the beginning on, since switching it on later would make a click.
  if (ready < 0 || context.setCompensation(0, to.sampleRateHz) < 0)
    throw new ItemError(
      `${name}: its sound (${from.channels} channels at ${from.sampleRateHz} Hz) cannot be resampled; choose another form`,
    );
  const drift = new DriftFilter(to.sampleRateHz);
  /** Where the line stands. */
  let next: number | null = null;
  /** Up to here everything has been told. */
  let told = Number.NEGATIVE_INFINITY;

  return {
    put: (capturedUs, planes, count, emit) => {
      const room = Math.max(0, context.getOutSamples(count));
      const heldBefore = Number(context.getDelay(BigInt(to.sampleRateHz)));
      const samples = new Int16Array(room * to.channels);
      const made = context.convertSync([Buffer.from(samples.buffer)], room, planes, count);
      if (made < 0) throw new ItemError(`${name}: its sound cannot be resampled (${made}); choose another form`);
      const belongsAt = Math.round((capturedUs * to.sampleRateHz) / 1e6) - heldBefore;
      next ??= belongsAt;
      const step = drift.note(belongsAt - next, made);
      if (step.kind === "jump") next = belongsAt;
      else if (step.compensation !== null) context.setCompensation(step.compensation.samples, step.compensation.over);
      // A line that jumps back begins with what was told before: that is left out.
      const cut = Math.min(made, Math.max(0, told - next));
      if (made > cut) emit(next + cut, samples.subarray(cut * to.channels, made * to.channels));
      next += made;
      told = Math.max(told, next);
    },
    close: () => context.free(),
  };
}
