// What the commands that receive have in common: their options, and how they speak while they run.
import { Option, type Command } from "commander";
import { MOST_LATENCY_MS, type ReceiveIo, type ReceiveRequest } from "../../receive-request.ts";
import { createProgress } from "../progress.ts";
import type { Tool } from "../tool.ts";
import { parsePositive } from "../units.ts";
import { UsageError } from "../../usage-error.ts";
import { passOption, readPass } from "./pass.ts";

/** Reports come each second. */
const PROGRESS_EVERY = 60;

export type CommonOptions = {
  readonly transport: "auto" | "multicast" | "tcp";
  readonly latency: string;
  readonly interface?: string;
  readonly name?: string;
  readonly maxFps?: string;
  readonly pass?: string;
};

export function receiving(program: Command, name: string, description: string): Command {
  return withCommonOptions(program.command(name).argument("[CHANNEL]", "may be left out when there is only one").description(description));
}

/** What all of them take. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--transport <WAY>", "auto: the group, and TCP if nothing comes from it")
        .choices(["auto", "multicast", "tcp"])
        .default("auto"),
    )
    .option("--latency <MS>", "from the sender's time of a picture to its being shown here", "200")
    .option("--interface <NAME>", "the interface, or its address, to join the group on")
    .option("--name <NAME>", "how `streamctl clients` shall name this host")
    .option("--max-fps <N>", "show at most so many pictures a second, and report it")
    .addOption(passOption());
}

export function toRequest(tool: Tool, channel: string | undefined, options: CommonOptions): ReceiveRequest {
  return {
    ...tool.place(),
    channel: channel ?? null,
    transport: options.transport,
    latencyMs: parseLatency(options.latency),
    interface: options.interface ?? null,
    name: options.name ?? null,
    pass: readPass(options.pass),
    mostFps: options.maxFps === undefined ? null : parsePositive("--max-fps", options.maxFps),
  };
}

function parseLatency(text: string): number {
  const latencyMs = parsePositive("--latency", text);
  if (latencyMs <= MOST_LATENCY_MS) return latencyMs;
  throw new UsageError(`--latency ${text}: a number of at most ${MOST_LATENCY_MS} ms is wanted`);
}

/** Runs until it is done, or until Ctrl-C. */
export async function runReceiver(tool: Tool, receive: (io: ReceiveIo) => Promise<void>): Promise<void> {
  const { terminal } = tool;
  const stop = new AbortController();
  const progress = createProgress(terminal);
  let lines = 0;
  void terminal.untilInterrupted().then(() => stop.abort());
  try {
    await receive({
      out: (text) => {
        progress.clear();
        terminal.out(text);
      },
      say: (line) => {
        progress.clear();
        terminal.err(`streamctl: ${line}\n`);
      },
      progress: (line) => {
        progress.show(line);
        // In a log a line a minute is enough.
        if (terminal.screenColumns() === null && ++lines % PROGRESS_EVERY === 0) terminal.err(`${line}\n`);
      },
      json: tool.json(),
      columns: terminal.outColumns,
      bytes: terminal.bytes,
      signal: stop.signal,
    });
  } finally {
    progress.clear();
  }
}
