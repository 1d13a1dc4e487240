/** `test:live`: the test film as a camera and a microphone would bring it, captured while it is drawn. For trying out, and for measuring the delay. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Pixels } from "../jpeg-encoder.ts";
import type { SourceFormat } from "../messages.ts";
import type { Size } from "../picture-size.ts";
import { type Canvas, createCanvas } from "../drawing/canvas.ts";
import { drawFrame, TEST_FILM_SIZE } from "../test-film/picture.ts";
import { beepSecond } from "../test-film/sound.ts";
import { type LiveCapture, type LiveSink, nowUs } from "./capture.ts";

const DEFAULT_FPS = 30;
/** As a microphone's. */
const PIECE_MS = 10;
/** After a sleep of the machine, or a long stop, there is nothing to catch up. */
const MOST_BEHIND_US = 1e6;

export function openGenerated(fps: number | null, { audio }: SourceFormat): LiveCapture {
  const rate = fps ?? DEFAULT_FPS;
  const second = audio === null ? null : beepSecond(audio.sampleRateHz, audio.channels);
  let canvas: Canvas | null = null;

  const render = (frame: number, { width, height }: Size): Pixels => {
    if (canvas === null || canvas.width !== width || canvas.height !== height) canvas = createCanvas(width, height);
    drawFrame(canvas, frame, rate);
    return { width, height, bytes: Buffer.from(canvas.pixels.buffer), bytesPerPixel: 4, stridePixels: width };
  };

  const runPictures = async (sink: LiveSink, signal: AbortSignal): Promise<void> => {
    let frame = Math.ceil((nowUs() / 1e6) * rate);
    while (!signal.aborted) {
      const dueUs = (frame * 1e6) / rate;
      await sleep(Math.max(0, (dueUs - nowUs()) / 1000));
      const capturedUs = nowUs();
      const shown = frame;
      sink.picture(capturedUs, { display: TEST_FILM_SIZE, render: (size) => render(shown, size) });
      frame = capturedUs - dueUs > MOST_BEHIND_US ? Math.ceil((capturedUs / 1e6) * rate) : frame + 1;
    }
  };

  const runSound = async (sink: LiveSink, signal: AbortSignal): Promise<void> => {
    if (audio === null || second === null) return;
    const { sampleRateHz, channels } = audio;
    const sampleNow = (): number => Math.floor((nowUs() * sampleRateHz) / 1e6);
    let sample = sampleNow();
    while (!signal.aborted) {
      await sleep(PIECE_MS);
      const end = sampleNow();
      sample = Math.max(sample, end - sampleRateHz);
      const samples = new Int16Array((end - sample) * channels);
      for (let at = 0; at < samples.length; at++) samples[at] = second[(sample * channels + at) % second.length] ?? 0;
      if (samples.length > 0) sink.sound(sample, samples);
      sample = end;
    }
  };

  return {
    facts: {
      video: { codec: "generated", ...TEST_FILM_SIZE, fps: rate, frameCount: null },
      audio: audio === null ? null : { codec: "generated", sampleRateHz: audio.sampleRateHz, channels: audio.channels },
    },
    run: async (sink, signal) => {
      await Promise.all([runPictures(sink, signal), runSound(sink, signal)]);
    },
    close: () => {
      canvas = null;
    },
  };
}
