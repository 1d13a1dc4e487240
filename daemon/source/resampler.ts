/** Decoded sound of any rate, layout and sample format → signed 16 bit at the channel's rate, mixed down as ffmpeg's `-ac` does. */

import { AV_SAMPLE_FMT_S16, type AVSampleFormat } from "node-av/constants";
import { avChannelLayoutDefault, type Frame, SoftwareResampleContext } from "node-av/lib";
import { ItemError } from "./item-reader.ts";
import type { SourceFormat } from "./messages.ts";

type SoundFormat = NonNullable<SourceFormat["audio"]>;

export type Resampler = {
  /** Whether it was made for sound like this frame's. */
  readonly fits: (frame: Frame) => boolean;
  /** Null drains what the filter still holds. Samples are interleaved. */
  readonly convert: (frame: Frame | null) => Int16Array;
  readonly close: () => void;
};

/** Throws ItemError if FFmpeg knows no conversion. */
export function createResampler(
  path: string,
  frame: Frame,
  sampleFormat: AVSampleFormat,
  { sampleRateHz, channels }: SoundFormat,
): Resampler {
  const { sampleRate, format, channels: inputChannels } = frame;
  const layout = frame.channelLayout.mask === 0n ? avChannelLayoutDefault(inputChannels) : frame.channelLayout;
  const context = new SoftwareResampleContext();
  const made = context.allocSetOpts2(avChannelLayoutDefault(channels), AV_SAMPLE_FMT_S16, sampleRateHz, layout, sampleFormat, sampleRate);
  // FFmpeg would make mono 3 dB quieter on two sides.
  if (made >= 0 && inputChannels === 1 && channels === 2) context.setMatrix([1, 1], 1);
  const ready = made < 0 ? made : context.init();
  if (ready < 0) {
    throw new ItemError(
      `${path}: its sound (${inputChannels} channels at ${sampleRate} Hz) cannot be mixed down (${ready}); convert it, to AAC stereo for instance`,
    );
  }

  const convert = (input: Frame | null): Int16Array => {
    const room = Math.max(0, context.getOutSamples(input?.nbSamples ?? 0));
    if (room === 0) return new Int16Array(0);
    const samples = new Int16Array(room * channels);
    const output = Buffer.from(samples.buffer);
    const count = context.convertSync([output], room, input?.extendedData ?? null, input?.nbSamples ?? 0);
    if (count < 0) throw new ItemError(`${path}: its sound cannot be resampled (${count}); convert it, to AAC stereo for instance`);
    return samples.subarray(0, count * channels);
  };

  return {
    fits: (other) => other.sampleRate === sampleRate && other.format === format && other.channels === inputChannels,
    convert,
    close: () => context.free(),
  };
}
