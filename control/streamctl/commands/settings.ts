// streamctl set, reset: hot keys of a channel while its stream goes on.
import type { Command } from "commander";
import type { ControlClient } from "../../client.ts";
import type { Params, Result } from "../../contract/contract.ts";
import { chooseChannel } from "../../choose-channel.ts";
import type { Tool } from "../tool.ts";
import { isHotKey, lastPart } from "../hot-key-names.ts";
import { UsageError } from "../../usage-error.ts";

type Value = Result<"channel.set">["value"];

/** `hotKeys`: those that `set` takes, as paths below a channel. */
export function addSettings(program: Command, tool: Tool, hotKeys: readonly string[]): void {
  program
    .command("set")
    .argument("<[CHANNEL] KEY VALUE...>", `the channel may be left out when there is only one; keys: ${hotKeys.map(lastPart).join(", ")}`)
    .description("changes a hot key while the stream goes on; it stays, over restarts too, until it is reset or changes in the file")
    .action((words: readonly string[]) => set(tool, words, hotKeys));

  program
    .command("reset")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .argument("[KEY]", "this key alone, for example quality")
    .description("takes back what was set: the configuration's values are in force again")
    .action((first: string | undefined, second: string | undefined) =>
      tool.withClient(async ({ client }) => {
        const meant = await whatToReset(client, first, second, hotKeys);
        const result = await client.call("channel.reset", meant);
        const keys = result.reset.join(", ");
        const text = keys === "" ? "nothing was overridden" : `as configured again: ${keys}`;
        tool.print(result, () => `${meant.channel}: ${text}\n`);
      }),
    );
}

/** A single word that is a hot key and no channel is the key. */
async function whatToReset(
  client: ControlClient,
  first: string | undefined,
  second: string | undefined,
  hotKeys: readonly string[],
): Promise<Params<"channel.reset">> {
  if (first === undefined) return { channel: await chooseChannel(client, undefined) };
  if (second !== undefined) return { channel: first, key: second };
  if (!isHotKey(first, hotKeys)) return { channel: first };
  const { channels } = await client.call("server.hello", { client: "streamctl" });
  return channels.includes(first) ? { channel: first } : { channel: await chooseChannel(client, undefined), key: first };
}

async function set(tool: Tool, words: readonly string[], hotKeys: readonly string[]): Promise<void> {
  const usage = (): UsageError => new UsageError("set wants [CHANNEL] KEY VALUE, for example: set quality 60");
  const [value, key, named, ...others] = words.toReversed();
  if (value === undefined || key === undefined || others.length > 0) throw usage();
  // `set hall volume` means the key volume, and has no value.
  if (named === undefined && isHotKey(value, hotKeys) && !isHotKey(key, hotKeys)) throw usage();
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
