/** How alike a recorded sound and a reference are: where in the reference it lies, and their normalized correlation there. */

import { readFileSync } from "node:fs";

export type SoundMatch = {
  /** Position of the recording's first sample frame in the reference, which repeats for ever; sample frames. */
  readonly offset: number;
  /** 1 for the same but for loudness; the worst of the channels. */
  readonly correlation: number;
};

/** The first look is at every eighth sample, averaged: what remains below 2.7 kHz. */
const COARSE_STEP = 8;
/** Length of the piece that is looked for, in coarse samples: 0.74 s at 44,100 Hz. */
const PROBE_LENGTH = 4096;

/** Raw signed 16 bit, little-endian, interleaved, as ffmpeg (s16le) and GStreamer (S16LE) write it. */
export function readSound(file: string): Int16Array {
  const bytes = readFileSync(file);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
}

/** Both interleaved, with the same rate and channels; the recording is longer than a second. */
export function matchSound(recorded: Int16Array, reference: Int16Array, channels: number): SoundMatch {
  const coarseRecorded = decimate(recorded, channels);
  const coarseReference = decimate(reference, channels);
  const from = loudestPiece(coarseRecorded);
  const probe = coarseRecorded.subarray(from, from + PROBE_LENGTH);
  const found = argmax(coarseReference.length, (offset) => correlation(probe, coarseReference, offset, 1, 0));
  const nearby = (found - from) * COARSE_STEP;
  const length = reference.length / channels;
  const worst = (offset: number): number =>
    Math.min(...Array.from({ length: channels }, (_, channel) => correlation(recorded, reference, offset, channels, channel)));
  // One coarse sample to either side, and half of one for what averaging shifts.
  const reach = COARSE_STEP * 2;
  const fine = argmax(2 * reach + 1, (step) => worst(nearby - reach + step)) - reach;
  const offset = nearby + fine;
  return { offset: ((offset % length) + length) % length, correlation: worst(offset) };
}

/** Normalized correlation of all of `sound` with `reference` from frame `offset` on, of one channel. */
function correlation(sound: ArrayLike<number>, reference: ArrayLike<number>, offset: number, channels: number, channel: number): number {
  const frames = Math.floor(sound.length / channels);
  const length = Math.floor(reference.length / channels);
  let at = ((offset % length) + length) % length;
  let [cross, power, referencePower] = [0, 0, 0];
  for (let frame = 0; frame < frames; frame++) {
    const a = sound[frame * channels + channel] ?? 0;
    const b = reference[at * channels + channel] ?? 0;
    cross += a * b;
    power += a * a;
    referencePower += b * b;
    if (++at === length) at = 0;
  }
  return power === 0 || referencePower === 0 ? 0 : cross / Math.sqrt(power * referencePower);
}

/** Mono, at an eighth of the rate, each value the mean of the eight. */
function decimate(sound: Int16Array, channels: number): Float64Array {
  const coarse = new Float64Array(Math.floor(sound.length / channels / COARSE_STEP));
  const step = channels * COARSE_STEP;
  for (let index = 0; index < coarse.length; index++) {
    let sum = 0;
    for (let at = index * step; at < (index + 1) * step; at++) sum += sound[at] ?? 0;
    coarse[index] = sum / step;
  }
  return coarse;
}

function loudestPiece(coarse: Float64Array): number {
  const pieces = Math.max(1, Math.floor(coarse.length / PROBE_LENGTH));
  const power = (piece: number): number =>
    coarse.subarray(piece * PROBE_LENGTH, (piece + 1) * PROBE_LENGTH).reduce((sum, value) => sum + value * value, 0);
  return argmax(pieces, power) * PROBE_LENGTH;
}

/** The first of `count` places with the highest score. */
function argmax(count: number, score: (place: number) => number): number {
  let [best, highest] = [0, -Infinity];
  for (let place = 0; place < count; place++) {
    const value = score(place);
    if (value <= highest) continue;
    highest = value;
    best = place;
  }
  return best;
}
