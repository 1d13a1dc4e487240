/** A real process with its output, for tests: started, listened to, stopped and awaited. */

import { spawn } from "node:child_process";
import { DEADLINE_MS, within } from "./wait.ts";

/** A process that is told to end and does not is killed after this time. */
const STOP_MS = 10_000;

export type Ended = { readonly status: number | null; readonly signal: NodeJS.Signals | null };

export type RunOptions = {
  readonly cwd?: string;
  /** Added to the test's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stdin gives before it ends; nothing by default. */
  readonly input?: string;
};

export type Running = {
  /** The program's own, also in a namespace. */
  readonly pid: number;
  /** Everything that it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Never rejects. */
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  /** The first whole line of stdout or stderr that fits, also one from before; rejects if the process ends without it. */
  readonly waitForLine: (fits: RegExp, deadlineMs?: number) => Promise<string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Sends the signal (SIGINT by default: Ctrl-C) and waits for the end; SIGKILL after ten seconds. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ended>;
};

/** Throws if the command does not exist. */
export function startProcess(command: string, args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ["pipe", "pipe", "pipe"] });
  const { pid } = child;
  // Without a pid an 'error' event follows; the throw below says the same.
  child.on("error", () => {});
  if (pid === undefined) throw new Error(`${command} could not be started`);
  let [stdout, stderr, hasEnded] = ["", "", false];
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    tell();
  });
  // It may end without having read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input);
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (status, signal) => {
      hasEnded = true;
      resolve({ status, signal });
      tell();
    });
  });

  const describe = (): string => `${command} ${args.join(" ")}\n${stdout.slice(-2000)}${stderr.slice(-4000)}`;
  const waitForLine = (fits: RegExp, deadlineMs = DEADLINE_MS): Promise<string> => {
    const found = Promise.withResolvers<string>();
    const look = (): void => {
      const line = [...wholeLines(stdout, hasEnded), ...wholeLines(stderr, hasEnded)].find((text) => fits.test(text));
      if (line !== undefined) found.resolve(line);
      else if (hasEnded) found.reject(new Error(`ended without a line like ${String(fits)}: ${describe()}`));
    };
    listeners.add(look);
    look();
    return within(`a line like ${String(fits)} of ${command}`, found.promise, deadlineMs)
      .catch((error: unknown) => {
        throw new Error(describe(), { cause: error });
      })
      .finally(() => listeners.delete(look));
  };
  const stop = async (signal: NodeJS.Signals = "SIGINT"): Promise<Ended> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    const how = await ended;
    clearTimeout(timer);
    return how;
  };
  return {
    pid,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    hasEnded: () => hasEnded,
    waitForLine,
    kill: (signal) => void child.kill(signal),
    stop,
  };
}

/** A line without its end is whole only once nothing can follow. */
function wholeLines(text: string, isAll: boolean): readonly string[] {
  const lines = text.split("\n");
  return isAll ? lines : lines.slice(0, -1);
}
