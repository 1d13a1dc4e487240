// streamctl set, reset: hot keys of a channel while its stream goes on.
import type { Command } from "commander";
import type { Result } from "../../contract/contract.ts";
import { chooseChannel, type Tool } from "../tool.ts";
import { UsageError } from "../usage-error.ts";

type Value = Result<"channel.set">["value"];

export function addSettings(program: Command, tool: Tool): void {
  program
    .command("set")
    .argument(
      "<[CHANNEL] KEY VALUE...>",
      "the channel may be left out when there is only one; keys: quality, width, maxFrameBytes, fps, volume, …",
    )
    .description("changes a hot key while the stream goes on; it stays, over restarts too, until it is reset or changes in the file")
    .action((words: readonly string[]) => set(tool, words));

  program
    .command("reset")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .argument("[KEY]", "this key alone")
    .description("takes back what was set: the configuration's values are in force again")
    .action((named: string | undefined, key: string | undefined) =>
      tool.withClient(async ({ client }) => {
        const channel = await chooseChannel(client, named);
        const result = await client.call("channel.reset", { channel, ...(key === undefined ? {} : { key }) });
        const keys = result.reset.join(", ");
        tool.print(result, () => (keys === "" ? `${channel}: nothing was overridden\n` : `${channel}: as configured again: ${keys}\n`));
      }),
    );
}

async function set(tool: Tool, words: readonly string[]): Promise<void> {
  const [value, key, named, ...others] = words.toReversed();
  if (value === undefined || key === undefined || others.length > 0)
    throw new UsageError("set wants [CHANNEL] KEY VALUE, for example: set quality 60");
  await tool.withClient(async ({ client }) => {
    const result = await client.call("channel.set", { channel: await chooseChannel(client, named), key, value: parseValue(value) });
    const isOverride = result.value !== result.configured;
    tool.print(
      result,
      () =>
        `${result.channel}: ${result.key} is ${String(result.value)}${isOverride ? ` (${String(result.configured)} in the configuration)` : ""}\n`,
    );
  });
}

/** As YAML would have it: numbers, true, false and null are what they look like. */
function parseValue(text: string): Value {
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? text : number;
}
