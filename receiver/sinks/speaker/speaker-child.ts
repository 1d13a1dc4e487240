/**
 * Plays sound on a device of this host, in a process of its own: where there is no device, ALSA ends the process that asks for it.
 * Messages from the parent: `{samples, playAtMs}`. Ends with its parent.
 */

import * as v from "valibot";
import { monotonicMs } from "../../clock.ts";
import { DeviceFeed } from "./device-feed.ts";

/** As the parent reads it: the package is not there, or not built for this Node. */
const NO_PACKAGE_STATUS = 3;

const settings = v.object({
  sampleRateHz: v.number(),
  channels: v.number(),
});
const sound = v.object({ samples: v.instance(Uint8Array), playAtMs: v.number() });

type SpeakerOptions = { channels: number; bitDepth: number; sampleRate: number };
type Output = { write: (chunk: Buffer, done: (error?: Error | null) => void) => boolean };

async function run(): Promise<void> {
  const { sampleRateHz, channels } = v.parse(settings, JSON.parse(process.argv[2] ?? "{}"));
  const Speaker = await loadSpeaker();
  const output = new Speaker({ channels, bitDepth: 16, sampleRate: sampleRateHz });
  const feed = new DeviceFeed({ sampleRateHz, channels });
  let isWriting = false;
  let hasPlayed = false;
  let timer: NodeJS.Timeout | undefined;

  const pump = (): void => {
    clearTimeout(timer);
    if (isWriting) return;
    const next = feed.poll(monotonicMs());
    if (next === null) return;
    if ("waitMs" in next) {
      timer = setTimeout(pump, Math.max(1, next.waitMs));
      return;
    }
    isWriting = true;
    const { buffer, byteOffset, byteLength } = next.write;
    output.write(Buffer.from(buffer, byteOffset, byteLength), (error) => {
      if (error) process.exit(1);
      isWriting = false;
      if (!hasPlayed) process.send?.("playing");
      hasPlayed = true;
      pump();
    });
  };

  process.on("message", (message) => {
    const { samples, playAtMs } = v.parse(sound, message);
    // A copy, since samples must lie at even addresses.
    feed.push(new Int16Array(Uint8Array.from(samples).buffer), playAtMs);
    pump();
  });
}

/** The package has no types of its own that fit, and may be missing. */
async function loadSpeaker(): Promise<new (options: SpeakerOptions) => Output> {
  try {
    const name = "speaker";
    const loaded: { default: new (options: SpeakerOptions) => Output } = await import(name);
    return loaded.default;
  } catch {
    process.exit(NO_PACKAGE_STATUS);
  }
}

process.on("disconnect", () => process.exit(0));
await run();
