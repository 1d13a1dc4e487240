// streamctl stats, watch, play, record, measure: receive a channel on this host. What they do is the receiver's; here is how they are asked for.
import { Option, type Command } from "commander";
import type { ControlTarget } from "../../client.ts";
import type { Tool } from "../tool.ts";
import { UsageError } from "../usage-error.ts";
import { parsePositive } from "../units.ts";

/** Reports come each second. */
const PROGRESS_EVERY = 60;

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
  readonly progress: (line: string) => void;
  readonly json: boolean;
  readonly signal: AbortSignal;
};

/** Throws what the control client throws. */
export type RecordRequest = ReceiveRequest & {
  readonly path: string;
  readonly durationMs: number | null;
  readonly segmenting: { readonly minutes: number; readonly keep: number | null } | null;
  readonly overwrite: boolean;
};

export type Receivers = {
  readonly stats: (request: ReceiveRequest, io: ReceiveIo) => Promise<void>;
  readonly record: (request: RecordRequest, io: ReceiveIo) => Promise<void>;
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
  addRecord(program, tool, receivers);
}

function addRecord(program: Command, tool: Tool, receivers: Receivers): void {
  const command = program
    .command("record")
    .argument("<FILE>", "an .mkv (as it came), an .mp4 (H.264 and AAC) or a .wav (sound alone)")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .description("records a channel to a file, until Ctrl-C");
  withCommonOptions(command)
    .option("--duration <SECONDS>", "end after so much")
    .option("--segment <MINUTES>", "begin another file after so much: FILE-0001, FILE-0002, and so on")
    .option("--keep <N>", "with --segment: keep the last N files")
    .option("--force", "write over what is there")
    .action((path: string, channel: string | undefined, options: RecordOptions) =>
      run(tool, (io) => receivers.record({ ...toRequest(tool, channel, options), ...toRecording(path, options) }, io)),
    );
}

type RecordOptions = CommonOptions & {
  readonly duration?: string;
  readonly segment?: string;
  readonly keep?: string;
  readonly force?: true;
};

function toRecording(path: string, { duration, segment, keep, force }: RecordOptions): Omit<RecordRequest, keyof ReceiveRequest> {
  if (keep !== undefined && segment === undefined) throw new UsageError("--keep goes with --segment: it counts files");
  const kept = keep === undefined ? null : parsePositive("--keep", keep);
  if (kept !== null && !Number.isInteger(kept)) throw new UsageError(`--keep ${keep}: a whole number is wanted`);
  return {
    path,
    durationMs: duration === undefined ? null : parsePositive("--duration", duration) * 1000,
    segmenting: segment === undefined ? null : { minutes: parsePositive("--segment", segment), keep: kept },
    overwrite: force === true,
  };
}

function receiving(program: Command, name: string, description: string): Command {
  return withCommonOptions(program.command(name).argument("[CHANNEL]", "may be left out when there is only one").description(description));
}

/** What all of them take. */
function withCommonOptions(command: Command): Command {
  return command
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
  let lines = 0;
  void terminal.untilInterrupted().then(() => stop.abort());
  await receive({
    out: terminal.out,
    say: (line) => terminal.err(`streamctl: ${line}\n`),
    progress: (line) => {
      if (terminal.hasScreen) terminal.err(`\r\u001b[K${line}`);
      // In a log a line a minute is enough.
      else if (lines++ % PROGRESS_EVERY === 0) terminal.err(`${line}\n`);
    },
    json: tool.json(),
    signal: stop.signal,
  });
}
