/** ALSA's `arecord` as a recorder, with a buffer of our own length. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { SourceFormat } from "../messages.ts";

export type SoundFormat = NonNullable<SourceFormat["audio"]>;

/** Pieces of this length: what a piece waits for its end is delay. */
const PERIOD_US = 10_000;
/** What the device holds for us while this process decodes a picture. */
const BUFFER_US = 200_000;

/** A running recorder: PCM comes from `sound` behind a WAV header, words about what is wrong from `words`. */
export type Recorder = { readonly sound: Readable; readonly words: Readable; readonly ended: Promise<void>; readonly stop: () => void };

export function startArecord(device: string, { sampleRateHz, channels }: SoundFormat): Recorder {
  const args = ["-q", "-D", device, "-t", "wav", "-f", "S16_LE", "-r", String(sampleRateHz), "-c", String(channels)];
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    "arecord",
    [...args, "-F", String(PERIOD_US), "-B", String(BUFFER_US)],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const ended = Promise.withResolvers<void>();
  child.on("error", () => ended.resolve());
  child.on("close", () => ended.resolve());
  return { sound: child.stdout, words: child.stderr, ended: ended.promise, stop: () => void child.kill("SIGTERM") };
}
