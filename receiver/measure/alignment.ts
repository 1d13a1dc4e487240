/**
 * Where received sound lies in the sound that was sent: normalised cross-correlation, first on a thinned-out copy, then to the sample.
 * Works with most of it missing: zeros, where nothing came, neither help nor harm. Pure.
 */

import { accepted, refused } from "../../wire/parsed.ts";
import type { Parsed } from "../../wire/parsed.ts";

/** Every so many samples one, the mean of them: 44.1 kHz becomes 2.7. */
const THIN = 16;
/** Two seconds are enough to know a place by; the loudest are taken. */
const WINDOW_MS = 2000;
/** What is not alike by so much is something else. */
const LEAST_CORRELATION = 0.5;

export type Alignment = {
  /** Of the received sound's first sample frame in the reference; negative if it begins before it. */
  readonly offset: number;
  /** 1: alike in all that came. */
  readonly correlation: number;
};

/** Mono samples; `isLost`: which of the received ones are missing. */
export function align(reference: Float32Array, received: Float32Array, isLost: Uint8Array, sampleRateHz: number): Parsed<Alignment> {
  const thinReference = thin(reference);
  const thinReceived = thin(received);
  const thinLost = Uint8Array.from({ length: thinReceived.length }, (_, index) =>
    Number(isLost.subarray(index * THIN, (index + 1) * THIN).some((lost) => lost === 1)),
  );
  const length = Math.min(thinReceived.length, Math.round((WINDOW_MS * sampleRateHz) / 1000 / THIN));
  const from = loudest(thinReceived, length);
  if (from === null) return refused("nothing was received that could be compared: silence");
  const coarse = best(thinReference, thinReceived, thinLost, from, length, 0, thinReference.length - 1);
  // To the sample, around the place that was found; with as much of the sound, but less of the reference to look through.
  const fineFrom = from * THIN;
  const fineLength = Math.min(received.length - fineFrom, length * THIN);
  const around = coarse.place * THIN;
  const fine = best(reference, received, isLost, fineFrom, fineLength, around - 2 * THIN, around + 2 * THIN);
  if (fine.correlation < LEAST_CORRELATION)
    return refused("what was received is not found in the reference: is it the sound of another channel?");
  return accepted({ offset: fine.place - fineFrom, correlation: fine.correlation });
}

/** Interleaved samples as the mean of their channels. */
export function mono(samples: Int16Array, channels: number): Float32Array {
  const mixed = new Float32Array(samples.length / channels);
  for (let index = 0; index < samples.length; index++) {
    const frame = Math.floor(index / channels);
    mixed[frame] = (mixed[frame] ?? 0) + (samples[index] ?? 0) / channels;
  }
  return mixed;
}

function best(
  reference: Float32Array,
  received: Float32Array,
  isLost: Uint8Array,
  from: number,
  length: number,
  first: number,
  last: number,
): { readonly place: number; readonly correlation: number } {
  let found = { place: 0, correlation: -1 };
  for (let place = first; place <= last; place++) {
    let [product, energy, referenceEnergy] = [0, 0, 0];
    for (let index = 0; index < length; index++) {
      if (isLost[from + index] === 1) continue;
      const a = received[from + index] ?? 0;
      const b = reference[place + index] ?? 0;
      product += a * b;
      energy += a * a;
      referenceEnergy += b * b;
    }
    const correlation = product / Math.sqrt(energy * referenceEnergy || 1);
    if (correlation > found.correlation) found = { place, correlation };
  }
  return found;
}

function thin(samples: Float32Array): Float32Array {
  const thinned = new Float32Array(Math.floor(samples.length / THIN));
  for (let index = 0; index < thinned.length; index++) {
    let sum = 0;
    for (let step = 0; step < THIN; step++) sum += samples[index * THIN + step] ?? 0;
    thinned[index] = sum / THIN;
  }
  return thinned;
}

/** Where the loudest stretch of that length begins; null if all is silent. */
function loudest(samples: Float32Array, length: number): number | null {
  let energy = 0;
  let most = 0;
  let place: number | null = null;
  for (let index = 0; index < samples.length; index++) {
    energy += (samples[index] ?? 0) ** 2;
    if (index >= length) energy -= (samples[index - length] ?? 0) ** 2;
    if (index < length - 1 || energy <= most) continue;
    most = energy;
    place = index - length + 1;
  }
  return most > length ? place : null;
}
