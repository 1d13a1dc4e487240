// streamctl pacing …: the rate of a channel, by frames a second or by sample time.
import { Option, type Command } from "commander";
import type { ParamsInput } from "../../contract/contract.ts";
import { maxFps, minFps } from "../../contract/pacing.ts";
import { chooseChannel } from "../../choose-channel.ts";
import { pacingText } from "../channel-text.ts";
import { paperOf, type Tool } from "../tool.ts";
import { parsePositive } from "../units.ts";
import { UsageError } from "../../usage-error.ts";

type Rate = Omit<ParamsInput<"pacing.set">, "channel">;
type Options = { readonly fps?: string; readonly ts?: string; readonly adapt?: Rate["adapt"] };

export function addPacing(program: Command, tool: Tool): void {
  const pacing = program.command("pacing").description("the rate of a channel: FPS and sample time");

  pacing
    .command("get")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .description("target and measured FPS and TS, and how late frames leave")
    .action((named: string | undefined) =>
      tool.withClient(async ({ client }) => {
        const result = await client.call("pacing.get", { channel: await chooseChannel(client, named) });
        tool.print(result, () => pacingText(result, paperOf(tool.terminal)));
      }),
    );

  pacing
    .command("set")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .option("--fps <N>", "frames a second; `source` for the source's own rate")
    .option("--ts <MS>", "sample time: milliseconds between two frames")
    .addOption(new Option("--adapt <MODE>", "let receivers that report fewer frames lower the rate").choices(["off", "worst", "median"]))
    .description("sets the rate; the film keeps its speed")
    .action((named: string | undefined, options: Options) => {
      const wanted = parseRate(options);
      return tool.withClient(async ({ client }) => {
        const result = await client.call("pacing.set", { channel: await chooseChannel(client, named), ...wanted });
        tool.print(result, () => pacingText(result, paperOf(tool.terminal)));
      });
    });
}

function parseFps(text: string): number {
  const fps = parsePositive("--fps", text);
  if (fps >= minFps && fps <= maxFps) return fps;
  throw new UsageError(`--fps ${text}: ${minFps} to ${maxFps} frames a second, or source for the source's own rate`);
}

function parseRate({ fps, ts, adapt }: Options): Rate {
  const adapting = adapt === undefined ? {} : { adapt };
  if (fps !== undefined && ts !== undefined) throw new UsageError("pacing set wants one of --fps N and --ts MS");
  if (fps !== undefined) return { fps: fps === "source" ? null : parseFps(fps), ...adapting };
  if (ts !== undefined) return { tsMs: parsePositive("--ts", ts), ...adapting };
  if (adapt === undefined) throw new UsageError("pacing set wants --fps N, --ts MS or --adapt off|worst|median");
  return adapting;
}
