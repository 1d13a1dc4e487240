/** A PulseAudio server of a test's own, with null sinks in place of loudspeakers, and their monitors in place of microphones. */

import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { startProcess } from "./running.ts";
import { waitFor } from "./wait.ts";

type Context = { readonly after: (clean: () => Promise<void>) => void };

export type Pulse = {
  /** For programs that shall use it: ALSA's `default` plays into the sink `output` and records from the monitor of `input`. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether somebody plays into a sink. */
  readonly isPlaying: () => Promise<boolean>;
  /** Records what a sink is given, from now on. */
  readonly listen: (sink: "input" | "output") => Ear;
};

export type Ear = {
  /** The first channel, so far. */
  readonly samples: () => Float64Array;
  /** When a tone over `level` was heard first, and the index of its first sample; null before. */
  readonly onset: (level: number) => { readonly atMs: number; readonly index: number } | null;
};

const RATE = 44_100;

/** Two sinks: `input` is what a microphone hears, `output` what a loudspeaker plays. Its Unix socket is there for every namespace. */
export async function startPulse(context: Context, folder: string): Promise<Pulse> {
  const home = join(folder, "pulse");
  mkdirSync(home, { recursive: true });
  const socket = join(home, "native");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    PULSE_RUNTIME_PATH: home,
    PULSE_SERVER: `unix:${socket}`,
  };
  const load = (module: string): string => `--load=${module}`;
  const sink = (name: string): string => load(`module-null-sink sink_name=${name} rate=${RATE} channels=2 format=s16le`);
  const args = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--log-level=error", "--system=no"];
  const server = startProcess(
    "pulseaudio",
    [...args, load(`module-native-protocol-unix socket=${socket} auth-anonymous=1`), sink("input"), sink("output")],
    { env },
  );
  context.after(async () => void (await server.stop("SIGTERM")));
  const list = async (what: "sinks" | "sink-inputs"): Promise<string> => {
    const asked = startProcess("pactl", ["list", "short", what], { env });
    await asked.ended;
    return asked.stdout();
  };
  await waitFor("PulseAudio", async () => /output/.test(await list("sinks")));
  // ALSA's default device is PulseAudio's where that runs.
  await startProcess("pactl", ["set-default-sink", "output"], { env }).ended;
  await startProcess("pactl", ["set-default-source", "input.monitor"], { env }).ended;
  const listen = (name: "input" | "output"): Ear => {
    const form = ["--raw", "--format=s16le", `--rate=${RATE}`, "--channels=2", "--latency-msec=20"];
    const child = spawn("parecord", [`--device=${name}.monitor`, ...form], { env, stdio: ["ignore", "pipe", "ignore"] });
    context.after(async () => void child.kill("SIGKILL"));
    return hear(child.stdout);
  };
  return { env, listen, isPlaying: async () => (await list("sink-inputs")).trim() !== "" };
}

/** Raw stereo of 16 bit. The end of a piece is what was heard just before it came. */
function hear(stream: Readable): Ear {
  const pieces: { readonly left: Float64Array; readonly endMs: number }[] = [];
  let rest: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    const bytes = Buffer.concat([rest, chunk]);
    const count = Math.floor(bytes.length / 4);
    rest = bytes.subarray(count * 4);
    pieces.push({
      left: Float64Array.from({ length: count }, (_, index) => bytes.readInt16LE(index * 4) / 32_768),
      endMs: performance.now(),
    });
  });
  const joined = (): Float64Array => Float64Array.from(pieces.flatMap(({ left }) => [...left]));
  return {
    samples: joined,
    onset: (level) => {
      const samples = joined();
      const isLoud = (value: number): boolean => Math.abs(value) > level;
      // A tone goes on; a click does not.
      const index = samples.findIndex((value, at) => isLoud(value) && samples.subarray(at + RATE / 10, at + RATE / 10 + 100).some(isLoud));
      if (index < 0) return null;
      let end = 0;
      const piece = pieces.find(({ left }) => (end += left.length) > index);
      return piece === undefined ? null : { atMs: piece.endMs - ((end - index) * 1000) / RATE, index };
    },
  };
}
