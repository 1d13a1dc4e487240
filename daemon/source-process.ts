/** One source process: how it is started, spoken to, listened to and ended. It inherits no socket, no token and no environment. */

import { spawn } from "node:child_process";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { programFile } from "./program-file.ts";
import { MessageReader } from "./source/codec.ts";
import type { SourceCommand, SourceMessage } from "./source/messages.ts";

export type SourceProcess = {
  readonly pid: number | null;
  readonly send: (command: SourceCommand) => void;
  /** Back-pressure: while it is not read, the process waits. */
  readonly setReading: (isReading: boolean) => void;
  readonly kill: () => void;
};

export type SourceListener = {
  readonly onMessage: (message: SourceMessage) => void;
  /** A line that it printed for the log. */
  readonly onLog: (line: string) => void;
  /** It is gone. Nothing follows. */
  readonly onExit: (reason: string) => void;
};

/** What FFmpeg's libraries look at, and where what is cached lies; nothing of ours. */
const INHERITED_VARIABLES = ["PATH", "HOME", "LANG", "TZ", "NODE_COMPILE_CACHE", "CACHE_DIRECTORY", "XDG_CACHE_HOME"] as const;

/** What leads to a display and to a sound server. */
const DEVICE_VARIABLES = ["DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "PULSE_SERVER", "PULSE_RUNTIME_PATH", "ALSA_CONFIG_PATH"] as const;

const SOURCE_NICENESS = 5;
/** A source's garbage is small and dies young: a larger young generation only lets its memory creep, measured 174 to 205 MB in 12 minutes. */
const SMALL_YOUNG_GENERATION = "--max-semi-space-size=2";

/** `isLive`: somebody waits for what it captures. */
export function spawnSource(listener: SourceListener, isLive: boolean): SourceProcess {
  const child = spawn(process.execPath, [SMALL_YOUNG_GENERATION, programFile("source/main", import.meta.url)], {
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    env: Object.fromEntries(
      (isLive ? [...INHERITED_VARIABLES, ...DEVICE_VARIABLES] : INHERITED_VARIABLES).map((name) => [name, process.env[name]]),
    ),
  });
  if (child.pid !== undefined && !isLive) yieldToSenders(child.pid);
  const [commands, , log, data] = child.stdio;
  if (commands === null || log === null || !(data instanceof Readable)) throw new Error("a source process has lost its pipes");
  const reader = new MessageReader();
  let isGone = false;

  const end = (reason: string): void => {
    if (isGone) return;
    isGone = true;
    data.destroy();
    child.kill("SIGKILL");
    listener.onExit(reason);
  };
  data.on("data", (chunk: Buffer) => {
    if (isGone) return;
    const read = reader.push(chunk);
    for (const message of read.messages) if (!isGone) listener.onMessage(message);
    if (read.error !== null) end(`sent what is no message: ${read.error}`);
  });
  data.on("error", () => {});
  // A process that dies while a command is under way breaks its pipe: `exit` tells it.
  commands.on("error", () => {});
  createInterface({ input: log }).on("line", listener.onLog);
  child.on("error", (error) => end(`could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    const finish = (): void => end(signal === null ? `ended with status ${code}` : `was ended by ${signal}`);
    if (data.closed) return finish();
    // What it wrote before it ended is still in the pipe: at most what the kernel holds for one.
    data.once("close", finish);
    data.resume();
  });

  return {
    pid: child.pid ?? null,
    send: (command) => void commands.write(`${JSON.stringify(command)}\n`),
    setReading: (isReading) => void (isReading ? data.resume() : data.pause()),
    kill: () => end("was ended by us"),
  };
}

/** Decoding works ahead in batches of a second: it may wait, packets may not. */
function yieldToSenders(pid: number): void {
  try {
    setPriority(pid, SOURCE_NICENESS);
  } catch {
    // It has ended already, which its exit will tell.
  }
}
