/** Decoded sound of any rate, layout and sample format → signed 16 bit at the channel's rate, mixed down as ffmpeg's `-ac` does. */

import { AV_SAMPLE_FMT_S16, type AVSampleFormat } from "node-av/constants";
import { avChannelLayoutDefault, Frame, SoftwareResampleContext } from "node-av/lib";
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
  const saysLayout = frame.channelLayout.mask !== 0n;
  const layout = saysLayout ? frame.channelLayout : avChannelLayoutDefault(inputChannels);
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

  let output: Output | null = null;
  const convert = (input: Frame | null): Int16Array => {
    const room = Math.max(0, context.getOutSamples(input?.nbSamples ?? 0));
    if (room === 0) return new Int16Array(0);
    if (output === null || output.room < room) {
      output?.frame.free();
      output = allocate(room, sampleRateHz, channels);
    }
    output.frame.nbSamples = output.room;
    // What says nothing of its layout is refused for being another than what was agreed on.
    if (!saysLayout && input !== null) input.channelLayout = layout;
    const result = context.convertFrame(output.frame, input);
    if (result < 0) throw new ItemError(`${path}: its sound cannot be resampled (${result}); convert it, to AAC stereo for instance`);
    const samples = new Int16Array(output.frame.nbSamples * channels);
    new Uint8Array(samples.buffer).set(output.bytes.subarray(0, samples.byteLength));
    return samples;
  };

  return {
    fits: (other) => other.sampleRate === sampleRate && other.format === format && other.channels === inputChannels,
    convert,
    close: () => {
      output?.frame.free();
      context.free();
    },
  };
}

/** Memory of FFmpeg's that is written again and again: buffers of Node's around a frame's channels cost more than mixing them down. */
type Output = {
  readonly frame: Frame;
  readonly bytes: Buffer;
  /** Sample frames. */
  readonly room: number;
};

function allocate(room: number, sampleRateHz: number, channels: number): Output {
  const frame = new Frame();
  frame.alloc();
  frame.format = AV_SAMPLE_FMT_S16;
  frame.sampleRate = sampleRateHz;
  frame.channelLayout = avChannelLayoutDefault(channels);
  frame.nbSamples = room;
  const result = frame.getBuffer();
  const [bytes] = frame.data ?? [];
  if (result < 0 || bytes === undefined) throw new Error(`no memory for ${room} samples of sound`);
  return { frame, bytes, room };
}
