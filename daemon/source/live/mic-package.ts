/** The package `mic` as a recorder. It starts `arecord` with its usual buffer; that there is one has been checked before. */

import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import { Readable as ReadableStream } from "node:stream";
import type { Recorder, SoundFormat } from "./arecord.ts";

/** What we use of it. */
type MicPackage = (options: Readonly<Record<string, string | boolean>>) => {
  readonly start: () => void;
  readonly stop: () => void;
  readonly getAudioStream: () => Readable;
};

export function startMicPackage(device: string, { sampleRateHz, channels }: SoundFormat): Recorder {
  const mic: MicPackage = createRequire(import.meta.url)("mic");
  const recorder = mic({ device, rate: String(sampleRateHz), channels: String(channels), bitwidth: "16", encoding: "signed-integer" });
  const sound = recorder.getAudioStream();
  const ended = Promise.withResolvers<void>();
  sound.on("audioProcessExitComplete", () => ended.resolve());
  sound.on("end", () => ended.resolve());
  sound.on("error", () => ended.resolve());
  recorder.start();
  return { sound, words: ReadableStream.from([]), ended: ended.promise, stop: () => recorder.stop() };
}
