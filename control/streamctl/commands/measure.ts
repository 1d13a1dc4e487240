// streamctl measure: the experiment with a narrow line.
import { Option, type Command } from "commander";
import type { MeasureRequest, Receivers } from "../../receive-request.ts";
import type { Tool } from "../tool.ts";
import { parsePositive } from "../units.ts";
import { UsageError } from "../../usage-error.ts";
import { passOption } from "./pass.ts";
import { runReceiver, toRequest } from "./receive-options.ts";

type MeasureOptions = {
  readonly rate: string;
  readonly out: string;
  readonly reference?: string;
  readonly duration: string;
  readonly over: "udp" | "tcp" | "both";
  readonly interface?: string;
  readonly name?: string;
  readonly pass?: string;
  readonly force?: true;
};

export function addMeasure(program: Command, tool: Tool, receivers: Receivers): void {
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
    .addOption(passOption())
    .option("--force", "write over what is there")
    .action((channel: string | undefined, options: MeasureOptions) =>
      runReceiver(tool, (io) => receivers.measure(toMeasurement(tool, channel, options), io)),
    );
}

function toMeasurement(tool: Tool, channel: string | undefined, options: MeasureOptions): MeasureRequest {
  const { rate, out, reference, duration, over, force, name, pass } = options;
  if (!/^\d{1,9}(\.\d{1,3})?[a-z]{0,8}$/i.test(rate))
    throw new UsageError(`--rate ${rate}: the kbit/s of the line are wanted, 512 for instance`);
  const common = {
    transport: "auto",
    latency: "200",
    ...(options.interface === undefined ? {} : { interface: options.interface }),
    ...(name === undefined ? {} : { name }),
    ...(pass === undefined ? {} : { pass }),
  } as const;
  return {
    ...toRequest(tool, channel, common),
    rate,
    folder: out,
    reference: reference ?? null,
    durationMs: parsePositive("--duration", duration) * 1000,
    ways: over === "both" ? ["udp", "tcp"] : [over],
    overwrite: force === true,
  };
}
