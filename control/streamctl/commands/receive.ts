// streamctl stats, watch, play, record, measure: receive a channel on this host. What they do is the receiver's; here is how they are asked for.
import { Option, type Command } from "commander";
import type { ControlTarget } from "../../client.ts";
import type { Tool } from "../tool.ts";
import { parsePositive } from "../units.ts";

export type ReceiveRequest = {
  readonly targets: readonly ControlTarget[];
  /** No host was named: without a daemon on this one, one is found by what is announced. */
  readonly mayFind: boolean;
  readonly channel: string | null;
  readonly transport: "auto" | "multicast" | "tcp";
  readonly latencyMs: number;
  readonly interface: string | null;
  readonly name: string | null;
  readonly mostFps: number | null;
};

export type ReceiveIo = {
  readonly out: (text: string) => void;
  readonly say: (line: string) => void;
  readonly json: boolean;
  readonly signal: AbortSignal;
};

/** Throws what the control client throws. */
export type Receivers = {
  readonly stats: (request: ReceiveRequest, io: ReceiveIo) => Promise<void>;
};

type CommonOptions = {
  readonly transport: "auto" | "multicast" | "tcp";
  readonly latency: string;
  readonly interface?: string;
  readonly name?: string;
  readonly maxFps?: string;
};

export function addReceive(program: Command, tool: Tool, receivers: Receivers): void {
  receiving(program, "stats", "receives a channel and prints how it arrives, a line a second, until Ctrl-C").action(
    (channel: string | undefined, options: CommonOptions) => run(tool, (io) => receivers.stats(toRequest(tool, channel, options), io)),
  );
}

/** A command with what all of them take. */
function receiving(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .argument("[CHANNEL]", "may be left out when there is only one")
    .description(description)
    .addOption(
      new Option("--transport <WAY>", "auto: the group, and TCP if nothing comes from it")
        .choices(["auto", "multicast", "tcp"])
        .default("auto"),
    )
    .option("--latency <MS>", "from the sender's time of a picture to its being shown here", "200")
    .option("--interface <NAME>", "the interface, or its address, to join the group on")
    .option("--name <NAME>", "how `streamctl clients` shall name this host")
    .option("--max-fps <N>", "show at most so many pictures a second, and report it");
}

function toRequest(tool: Tool, channel: string | undefined, options: CommonOptions): ReceiveRequest {
  return {
    ...tool.place(),
    channel: channel ?? null,
    transport: options.transport,
    latencyMs: parsePositive("--latency", options.latency),
    interface: options.interface ?? null,
    name: options.name ?? null,
    mostFps: options.maxFps === undefined ? null : parsePositive("--max-fps", options.maxFps),
  };
}

async function run(tool: Tool, receive: (io: ReceiveIo) => Promise<void>): Promise<void> {
  const { terminal } = tool;
  const stop = new AbortController();
  void terminal.untilInterrupted().then(() => stop.abort());
  await receive({
    out: terminal.out,
    say: (line) => terminal.err(`streamctl: ${line}\n`),
    json: tool.json(),
    signal: stop.signal,
  });
}
