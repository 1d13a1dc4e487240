// A receiver that has nothing to receive: gives real JPEGs and PCM to a sink, in real time, a little ahead as the true one does.
import { spawnSync } from "node:child_process";
import { monotonicMs } from "../../../receiver/clock.ts";
import type { ReceptionReport, Sink, SoundForm, StreamForm } from "../../../receiver/media.ts";

export const SIZE = { width: 500, height: 281 } as const;
export const FPS = 25;
const AHEAD_MS = 120;
const BLOCK_SAMPLES = 320;
/** The sender's clock, wherever it is. */
const SENDER_OFFSET_MS = 1.7e12;

export function formWith(audio: SoundForm | null): StreamForm {
  return { name: "main", video: { size: SIZE, fps: FPS }, audio };
}

/** JPEGs that ffmpeg makes of one of its sources, such as `testsrc2` or `color=c=red`. */
export function makePictures(source: string, count: number): readonly Uint8Array[] {
  const input = `${source}${source.includes("=") ? ":" : "="}size=${SIZE.width}x${SIZE.height}:rate=${FPS}`;
  const { stdout, stderr, status } = spawnSync(
    "ffmpeg",
    ["-v", "error", "-f", "lavfi", "-i", input, "-frames:v", String(count), "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "mjpeg", "-"],
    { maxBuffer: 256 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`ffmpeg cannot make pictures: ${stderr.toString()}`);
  return splitJpegs(stdout);
}

/** ffmpeg writes one after the other, and a JPEG has FFD8 at its begin only. */
export function splitJpegs(stream: Buffer): readonly Uint8Array[] {
  const starts: number[] = [];
  for (let at = stream.indexOf("ffd8ff", 0, "hex"); at !== -1; at = stream.indexOf("ffd8ff", at + 3, "hex")) starts.push(at);
  return starts.map((start, index) => stream.subarray(start, starts[index + 1] ?? stream.length));
}

export type Feed = { readonly stop: () => void };

export type FeedOptions = {
  readonly pictures: readonly Uint8Array[];
  readonly audio: SoundForm | null;
  /** Sample value (−1 to 1) at a time of the stream; without it a soft tone. */
  readonly sound?: (seconds: number) => number;
  /** Which of the pictures is the n-th; without it one after the other. */
  readonly pictureAt?: (index: number) => number;
  readonly report?: Partial<ReceptionReport>;
};

const tone = (seconds: number): number => 0.25 * Math.sin(2 * Math.PI * 440 * seconds);

export function feed(sink: Sink, { pictures, audio, sound = tone, pictureAt = (index) => index, report = {} }: FeedOptions): Feed {
  const startMs = monotonicMs() + AHEAD_MS + 50;
  const dueMs = (count: number, rateHz: number): number => startMs + (count * 1000) / rateHz;
  let [picture, sample, reports] = [0, 0, 0];
  sink.state?.({ kind: "playing", text: "" });
  const timer = setInterval(() => {
    const untilMs = monotonicMs() + AHEAD_MS;
    for (; dueMs(picture, FPS) <= untilMs; picture++) {
      const [jpeg, atMs] = [pictures[pictureAt(picture) % pictures.length], dueMs(picture, FPS)];
      if (jpeg !== undefined) sink.picture({ jpeg, ...SIZE, senderMs: SENDER_OFFSET_MS + atMs, localMs: atMs, showAtMs: atMs });
    }
    if (audio !== null) {
      for (; dueMs(sample, audio.sampleRateHz) <= untilMs; sample += BLOCK_SAMPLES) {
        const atMs = dueMs(sample, audio.sampleRateHz);
        const samples = block(sample, audio, sound);
        sink.sound({ samples, firstSample: sample, senderMs: SENDER_OFFSET_MS + atMs, localMs: atMs, playAtMs: atMs, lostSamples: 0 });
      }
    }
    if (untilMs - startMs > reports * 1000) {
      reports += 1;
      sink.report?.({ fps: FPS, lost: 0, expected: 600, repaired: 0, late: 0, jitterMs: 0.4, bufferMs: 180, skewMs: 0, ...report });
    }
  }, 5);
  return { stop: () => clearInterval(timer) };
}

function block(first: number, { sampleRateHz, channels }: SoundForm, sound: (seconds: number) => number): Int16Array {
  return Int16Array.from({ length: BLOCK_SAMPLES * channels }, (_, index) =>
    Math.round(32_767 * sound((first + Math.floor(index / channels)) / sampleRateHz)),
  );
}
