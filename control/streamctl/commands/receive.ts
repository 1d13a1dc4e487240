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

export type WatchRequest = ReceiveRequest & {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
};

export type PlayRequest = WatchRequest & { readonly hasPage: boolean; readonly device: string | null };

export type MeasureRequest = ReceiveRequest & {
  readonly rate: string;
  readonly folder: string;
  readonly reference: string | null;
  readonly durationMs: number;
  readonly ways: readonly ("udp" | "tcp")[];
  readonly overwrite: boolean;
};

export type Receivers = {
  readonly stats: (request: ReceiveRequest, io: ReceiveIo) => Promise<void>;
  readonly watch: (request: WatchRequest, io: ReceiveIo) => Promise<void>;
  readonly play: (request: PlayRequest, io: ReceiveIo) => Promise<void>;
  readonly measure: (request: MeasureRequest, io: ReceiveIo) => Promise<void>;
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
  withPageOptions(receiving(program, "watch", "shows a channel, with its sound, on a page of this host: RECEIVING VIDEO")).action(
    (channel: string | undefined, options: PageOptions) =>
      run(tool, (io) => receivers.watch({ ...toRequest(tool, channel, options), ...toPage(options) }, io)),
  );
  withPageOptions(receiving(program, "play", "plays the sound of a channel on this host's loudspeaker, and shows the picture on a page"))
    .option("--no-video", "the sound alone, without a page")
    .option("--device <NAME>", "ALSA's name of the sound device")
    .action((channel: string | undefined, options: PageOptions & { readonly video: boolean; readonly device?: string }) =>
      run(tool, (io) =>
        receivers.play(
          { ...toRequest(tool, channel, options), ...toPage(options), hasPage: options.video, device: options.device ?? null },
          io,
        ),
      ),
    );
  addRecord(program, tool, receivers);
  addMeasure(program, tool, receivers);
}

type PageOptions = CommonOptions & { readonly listen: string; readonly tlsCert?: string; readonly tlsKey?: string };

function withPageOptions(command: Command): Command {
  return command
    .option(
      "--listen <ADDRESS[:PORT]>",
      "where the page is served; other hosts than this one enter by a link that is good once",
      "127.0.0.1",
    )
    .option("--tls-cert <FILE>", "a certificate (PEM), so that other hosts hear the sound as well")
    .option("--tls-key <FILE>", "its key (PEM)");
}

function toPage({ listen, tlsCert, tlsKey }: PageOptions): Omit<WatchRequest, keyof ReceiveRequest> {
  const match = /^(?<host>[^:]+|\[[^\]]+\])(?::(?<port>\d{1,5}))?$/.exec(listen);
  const port = Number(match?.groups?.["port"] ?? 0);
  const host = match?.groups?.["host"]?.replace(/^\[|\]$/g, "");
  if (host === undefined || port > 65535)
    throw new UsageError(`--listen ${listen} is no ADDRESS or ADDRESS:PORT; write 0.0.0.0:8080 for instance`);
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw new UsageError("--tls-cert and --tls-key go together");
  return {
    listen: { host, port },
    tls: tlsCert === undefined || tlsKey === undefined ? null : { certFile: tlsCert, keyFile: tlsKey },
  };
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

type MeasureOptions = {
  readonly rate: string;
  readonly out: string;
  readonly reference?: string;
  readonly duration: string;
  readonly over: "udp" | "tcp" | "both";
  readonly interface?: string;
  readonly name?: string;
  readonly force?: true;
};

function addMeasure(program: Command, tool: Tool, receivers: Receivers): void {
  program
    .command("measure")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .description(
      "measures what a line makes of a channel's sound, over UDP and over TCP: losses, PSNR, the delay of each byte; files and a report",
    )
    .requiredOption("--rate <KBIT>", "the rate that the line was limited to (bench/netcond.sh); it names the files")
    .option("--reference <FILE|URL>", "the sound that is sent, a WAV file, to compare with")
    .option("--out <FOLDER>", "where the files go", "measurement")
    .option("--duration <SECONDS>", "of each run", "30")
    .addOption(new Option("--over <WAY>", "which transports").choices(["udp", "tcp", "both"]).default("both"))
    .option("--interface <NAME>", "the interface, or its address, to join the group on")
    .option("--name <NAME>", "how `streamctl clients` shall name this host")
    .option("--force", "write over what is there")
    .action((channel: string | undefined, options: MeasureOptions) =>
      run(tool, (io) => receivers.measure(toMeasurement(tool, channel, options), io)),
    );
}

function toMeasurement(tool: Tool, channel: string | undefined, options: MeasureOptions): MeasureRequest {
  const { rate, out, reference, duration, over, force } = options;
  if (!/^\d{1,9}(\.\d{1,3})?[a-z]{0,8}$/i.test(rate))
    throw new UsageError(`--rate ${rate}: the kbit/s of the line are wanted, 512 for instance`);
  const common = {
    transport: "auto",
    latency: "200",
    ...(options.interface === undefined ? {} : { interface: options.interface }),
  } as const;
  return {
    ...toRequest(tool, channel, { ...common, ...(options.name === undefined ? {} : { name: options.name }) }),
    rate,
    folder: out,
    reference: reference ?? null,
    durationMs: parsePositive("--duration", duration) * 1000,
    ways: over === "both" ? ["udp", "tcp"] : [over],
    overwrite: force === true,
  };
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
      else if (++lines % PROGRESS_EVERY === 0) terminal.err(`${line}\n`);
    },
    json: tool.json(),
    signal: stop.signal,
  });
}
