/** A microphone: ALSA's `arecord`, by itself or through the package `mic`, as PCM with the time at which it was captured. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { AV_SAMPLE_FMT_S16 } from "node-av/constants";
import { ItemError } from "../item-reader.ts";
import type { CaptureOptions } from "../messages.ts";
import { startArecord, type Recorder, type SoundFormat } from "./arecord.ts";
import { CaptureClock } from "./capture-clock.ts";
import { type LiveCapture, nowUs } from "./capture.ts";
import { createSoundFollower } from "./sound-follower.ts";
import { startMicPackage } from "./mic-package.ts";

const WAV_HEADER_BYTES = 44;
const MOST_WORDS = 2_000;

/** Throws ItemError if there is no `arecord`; a device that cannot be opened is told by `run`. */
export function openMicrophone(device: string, how: CaptureOptions["microphone"], format: SoundFormat): LiveCapture {
  const name = `mic:${device}`;
  if (findProgram("arecord") === null)
    throw new ItemError(`${name}: the program arecord is missing; install the package alsa-utils (Debian: apt-get install alsa-utils)`);
  const { sampleRateHz, channels } = format;
  const frameBytes = 2 * channels;
  let recorder: Recorder | null = null;

  return {
    facts: { video: null, audio: { codec: "pcm_s16le", sampleRateHz, channels } },
    run: async (sink, signal) => {
      const clock = new CaptureClock();
      const follower = createSoundFollower(name, { sampleRateHz, channels, format: AV_SAMPLE_FMT_S16 }, format);
      const started = how === "mic" ? startMicPackage(device, format) : startArecord(device, format);
      recorder = started;
      let words = "";
      started.words.on("data", (chunk: Buffer) => {
        if (words.length < MOST_WORDS) words += chunk.toString("latin1");
      });
      const onAbort = (): void => started.stop();
      signal.addEventListener("abort", onAbort, { once: true });
      let toSkip = WAV_HEADER_BYTES;
      let samplesRead = 0;
      let rest: Buffer = Buffer.alloc(0);
      started.sound.on("data", (chunk: Buffer) => {
        const arrivedUs = nowUs();
        const skipped = Math.min(toSkip, chunk.length);
        toSkip -= skipped;
        const bytes = rest.length === 0 ? chunk.subarray(skipped) : Buffer.concat([rest, chunk.subarray(skipped)]);
        const count = Math.floor(bytes.length / frameBytes);
        rest = bytes.subarray(count * frameBytes);
        if (count === 0) return;
        samplesRead += count;
        const endUs = clock.map((samplesRead * 1e6) / sampleRateHz, arrivedUs);
        follower.put(endUs - (count * 1e6) / sampleRateHz, [bytes.subarray(0, count * frameBytes)], count, sink.sound);
      });
      await started.ended;
      signal.removeEventListener("abort", onAbort);
      follower.close();
      if (!signal.aborted) throw new ItemError(explainEnd(name, device, words, samplesRead > 0));
    },
    close: () => recorder?.stop(),
  };
}

/** What arecord's words mean for a person. */
function explainEnd(name: string, device: string, words: string, hasRecorded: boolean): string {
  if (/busy/i.test(words))
    return `${name}: the microphone is in use by another program; end that, or use a device that can be shared, like default`;
  if (/permission denied/i.test(words)) return `${name}: no permission to open it; add the user that runs streamerd to the group audio`;
  if (/no such (file|device)|unknown pcm|cannot find card|invalid card|no such entity/i.test(words))
    return `${name}: there is no microphone ${JSON.stringify(device)}; streamctl devices lists what there is`;
  if (/connection refused/i.test(words)) return `${name}: the sound server does not answer; start it, or name a device: mic:hw:0`;
  if (/sample format|channels count|rate/i.test(words))
    return `${name}: it cannot record in this form; use plug${device} instead of ${device}`;
  const said = words.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
  return `${name}: ${hasRecorded ? "the microphone has gone" : "it cannot be opened"}${said === "" ? "" : ` (${said})`}; check its cable, or name another one`;
}

function findProgram(program: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next folder.
    }
  }
  return null;
}
