/** The daemon on a host of a test's LAN: started, waited for, steered with streamctl, stopped. */

import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectControl } from "../../control/client.ts";
import type { Method, ParamsInput, Result } from "../../control/contract/contract.ts";
import type { Finished, Host } from "./host.ts";
import type { Ended, RunOptions, Running } from "./running.ts";
import { waitFor } from "./wait.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const STREAMERD = join(ROOT, "bin/streamerd");
const STREAMCTL = join(ROOT, "bin/streamctl");

type Context = { readonly after: (clean: () => Promise<void>) => void };

export type Daemon = {
  readonly running: Running;
  /** Its Unix socket: whoever uses it is an operator. */
  readonly socket: string;
  readonly status: () => Promise<Result<"server.status">>;
  readonly channel: (name?: string) => Promise<Result<"channel.get">>;
  readonly pacing: (name?: string) => Promise<Result<"pacing.get">>;
  /** Runs `streamctl` over the Unix socket and gives its status and output, whatever they are. */
  readonly streamctl: (...args: readonly string[]) => Promise<Finished>;
  /** Process ids of the source processes. */
  readonly sources: () => readonly number[];
  /** Ctrl-C, or the signal given; waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ended>;
};

/** Runs `streamerd` to its end, for what ends by itself: mistakes, `--help`, `--loop=false`. */
export function runStreamerd(host: Host, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return host.exec(STREAMERD, args, options);
}

/** Starts `streamerd` and resolves when it is ready. Stopped after the test. */
export async function startStreamerd(context: Context, host: Host, args: readonly string[], options: RunOptions = {}): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-socket-"));
  const socket = join(folder, "control.sock");
  const running = host.spawn(
    STREAMERD,
    [
      "--set",
      `control.socket=${socket}`,
      "--set",
      `state.dir=${folder}/state`,
      "--set",
      `cache.dir=${folder}/cache`,
      "--set",
      "log.format=json",
      ...args,
    ],
    options,
  );
  context.after(async () => {
    if (!running.hasEnded()) await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await running.waitForLine(/^streamerd ready/);
  const streamctl = (...words: readonly string[]): Promise<Finished> => host.exec(STREAMCTL, ["--socket", socket, ...words]);
  // A process of streamctl for each question takes a third of a second of a processor, and tests that wait ask again and again.
  const ask = async <M extends Method>(method: M, params: ParamsInput<M>): Promise<Result<M>> => {
    const client = await connectControl({ kind: "unix", path: socket });
    try {
      return await client.call(method, params);
    } finally {
      client.close();
    }
  };
  return {
    running,
    socket,
    streamctl,
    status: () => ask("server.status", {}),
    channel: (channel = "main") => ask("channel.get", { channel }),
    pacing: (channel = "main") => ask("pacing.get", { channel }),
    sources: () => childrenOf(running.pid),
    stop: (signal) => running.stop(signal),
  };
}

/** Waits until another source process than `old` is there. */
export async function waitForNewSource(daemon: Daemon, old: number): Promise<number> {
  return waitFor("another source process", () => daemon.sources().find((pid) => pid !== old));
}

/** The first words of /proc/PID/stat: pid (name) state ppid. */
function childrenOf(parent: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1]);
  } catch {
    return null;
  }
}
