/** A file's sound: packets in, runs of samples at the channel's rate out. A run ends where the file's timestamps leave a gap. */

import { avGetCodecName, Frame, type Packet, type Stream } from "node-av/lib";
import { ItemError, type ItemSink } from "./item-reader.ts";
import { openDecoder } from "./media-file.ts";
import { toUs } from "./media-time.ts";
import type { ItemInfo, SourceFormat } from "./messages.ts";
import { createResampler, type Resampler } from "./resampler.ts";

type SoundFormat = NonNullable<SourceFormat["audio"]>;

/** Containers round their timestamps (Matroska to 1 ms); a lost packet of AAC is 21 ms. */
const TOLERANCE_US = 15_000;

export type SoundDecoder = {
  /** A packet of this stream, or null at the end of the file. */
  readonly decode: (packet: Packet | null, sink: ItemSink) => void;
  /** The first packet will not be the stream's first one. Once, before any packet. */
  readonly seek: () => void;
  readonly close: () => void;
};

/** One run: `inputCount` samples from `startUs` on went in, `outputCount` sample frames came out. */
type Run = { readonly startUs: number; inputCount: number; outputCount: number; readonly resampler: Resampler };

export function openSoundDecoder(path: string, stream: Stream, originUs: number, format: SoundFormat): SoundDecoder {
  const { timeBase } = stream;
  let decoder = openDecoder(path, stream);
  const frame = new Frame();
  frame.alloc();
  let run: Run | null = null;
  let endUs = 0;
  let isKnownToFit = false;

  const emit = (to: Run, samples: Int16Array, sink: ItemSink): void => {
    if (samples.length === 0) return;
    sink.sound(to.startUs, to.outputCount, samples);
    to.outputCount += samples.length / format.channels;
  };

  const endRun = (sink: ItemSink): void => {
    if (run === null) return;
    emit(run, run.resampler.convert(null), sink);
    run.resampler.close();
    run = null;
  };

  /** Null for a damaged frame, which is of a form that nothing can be made of; a film that begins with such a form is told. */
  const begin = (startUs: number): Run | null => {
    try {
      const resampler = createResampler(path, frame, decoder.sampleFormat, format);
      isKnownToFit = true;
      return { startUs, inputCount: 0, outputCount: 0, resampler };
    } catch (error) {
      if (!isKnownToFit || !(error instanceof ItemError)) throw error;
      return null;
    }
  };

  const deliver = (sink: ItemSink): void => {
    const { sampleRate, nbSamples } = frame;
    if (nbSamples <= 0 || sampleRate <= 0) return;
    const timeUs = toUs(frame.bestEffortTimestamp, timeBase);
    const positionUs = timeUs === null ? endUs : timeUs - originUs;
    const isContinuous = run !== null && run.resampler.fits(frame) && Math.abs(positionUs - endUs) <= TOLERANCE_US;
    if (!isContinuous) endRun(sink);
    run ??= begin(positionUs);
    if (run === null) return;
    emit(run, run.resampler.convert(frame), sink);
    run.inputCount += nbSamples;
    endUs = run.startUs + (run.inputCount * 1e6) / sampleRate;
  };

  return {
    decode: (packet, sink) => {
      decoder.sendPacketSync(packet);
      while (decoder.receiveFrameSync(frame) >= 0) {
        deliver(sink);
        frame.unref();
      }
      if (packet === null) endRun(sink);
    },
    seek: () => {
      // What an edit list or a codec's run-up hides lies at the stream's beginning: the decoder would leave as much out from here on.
      decoder.freeContext();
      stream.codecpar.initialPadding = 0;
      decoder = openDecoder(path, stream);
    },
    close: () => {
      run?.resampler.close();
      frame.free();
      decoder.freeContext();
    },
  };
}

export function describeSound(stream: Stream): NonNullable<ItemInfo["audio"]> {
  const { codecId, sampleRate, channels } = stream.codecpar;
  return { codec: avGetCodecName(codecId) ?? "unknown", sampleRateHz: sampleRate, channels };
}
