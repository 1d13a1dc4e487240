/** Interleaved 16 bit samples → AAC, in frames of 1,024 that carry their exact place. */

import { AV_CHANNEL_ORDER_NATIVE, AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_ID_AAC, AV_SAMPLE_FMT_FLTP } from "node-av/constants";
import { Codec, CodecContext, Frame, Packet, Rational } from "node-av/lib";
import type { CodecParameters } from "node-av/lib";
import type { SoundForm } from "../../media.ts";
import { RecordingError } from "./recorded-file.ts";

/** Those that its header can name (ISO/IEC 14496-3, samplingFrequencyIndex). */
export const AAC_RATES_HZ: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
/** AAC's frame. */
const FRAME_SAMPLES = 1024;
const BITS_PER_SECOND_OF_CHANNEL = 96_000n;
/** FFmpeg's masks: front left and right; front centre. */
const STEREO = 3n;
const MONO = 4n;
const FULL_SCALE = 32_768;

export type OnPacket = (packet: Packet) => void;

export type AacEncoder = {
  readonly timeBase: { readonly num: number; readonly den: number };
  readonly describe: (parameters: CodecParameters) => void;
  /** `first` of the first call sets the place; later pieces follow each other without a gap. */
  readonly encode: (samples: Int16Array, first: number, onPacket: OnPacket) => void;
  readonly finish: (onPacket: OnPacket) => void;
};

/** Throws a RecordingError. */
export function createAacEncoder({ sampleRateHz, channels }: SoundForm): AacEncoder {
  const codec = Codec.findEncoder(AV_CODEC_ID_AAC);
  const context = new CodecContext();
  context.allocContext3(codec);
  const timeBase = { num: 1, den: sampleRateHz };
  const layout = { nbChannels: channels, order: AV_CHANNEL_ORDER_NATIVE, mask: channels === 2 ? STEREO : MONO };
  context.sampleRate = sampleRateHz;
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.channelLayout = layout;
  context.timeBase = new Rational(1, sampleRateHz);
  context.bitRate = BITS_PER_SECOND_OF_CHANNEL * BigInt(channels);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  if (context.open2Sync(codec) < 0) throw new RecordingError("this FFmpeg has no AAC encoder: record to an .mkv", false);
  const packet = new Packet();
  packet.alloc();
  const waiting = new Int16Array(FRAME_SAMPLES * channels);
  let waitingFrames = 0;
  let place: number | null = null;

  const send = (frames: number, onPacket: OnPacket): void => {
    const planar = new Float32Array(frames * channels);
    for (let channel = 0; channel < channels; channel++) {
      for (let index = 0; index < frames; index++)
        planar[channel * frames + index] = (waiting[index * channels + channel] ?? 0) / FULL_SCALE;
    }
    const frame = Frame.fromAudioBuffer(Buffer.from(planar.buffer), {
      nbSamples: frames,
      format: AV_SAMPLE_FMT_FLTP,
      sampleRate: sampleRateHz,
      channelLayout: layout,
      timeBase,
      pts: BigInt(place ?? 0),
    });
    place = (place ?? 0) + frames;
    context.sendFrameSync(frame);
    frame.free();
    receive(onPacket);
  };

  const receive = (onPacket: OnPacket): void => {
    while (context.receivePacketSync(packet) >= 0) {
      onPacket(packet);
      packet.unref();
    }
  };

  return {
    timeBase,
    describe: (parameters) => void context.parametersFromContext(parameters),
    encode: (samples, first, onPacket) => {
      place ??= first;
      for (let at = 0; at < samples.length;) {
        const piece = samples.subarray(at, at + (FRAME_SAMPLES - waitingFrames) * channels);
        waiting.set(piece, waitingFrames * channels);
        waitingFrames += piece.length / channels;
        at += piece.length;
        if (waitingFrames < FRAME_SAMPLES) break;
        send(FRAME_SAMPLES, onPacket);
        waitingFrames = 0;
      }
    },
    finish: (onPacket) => {
      if (waitingFrames > 0) send(waitingFrames, onPacket);
      context.sendFrameSync(null);
      receive(onPacket);
      packet.free();
      context.freeContext();
    },
  };
}
