/** A PulseAudio server of a test's own, with null sinks in place of loudspeakers, and their monitors in place of microphones. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startProcess } from "./running.ts";
import { waitFor } from "./wait.ts";

type Context = { readonly after: (clean: () => Promise<void>) => void };

export type Pulse = {
  /** For programs that shall use it: ALSA's `default` plays into the sink `output` and records from the monitor of `input`. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether somebody plays into a sink. */
  readonly isPlaying: () => Promise<boolean>;
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
  return { env, isPlaying: async () => (await list("sink-inputs")).trim() !== "" };
}
