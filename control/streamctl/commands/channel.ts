// streamctl channel …: shows channels and steers them.
import type { Command } from "commander";
import type { ControlClient } from "../../client.ts";
import { chooseChannel } from "../../choose-channel.ts";
import { channelTable, channelText } from "../channel-text.ts";
import { paperOf, type Tool } from "../tool.ts";
import { parsePosition } from "../units.ts";
import { UsageError } from "../../usage-error.ts";

/** Each command calls the method of its name. */
const steering = [
  ["start", "channel.start", "starts a channel that is stopped, has ended or has failed"],
  ["stop", "channel.stop", "stops sending"],
  ["pause", "channel.pause", "holds the film; its last picture is repeated, with silence"],
  ["resume", "channel.resume", "goes on where the pause began"],
  ["next", "channel.next", "goes to the next item of the playlist"],
] as const;

export function addChannel(program: Command, tool: Tool): void {
  const channel = program.command("channel").description("shows channels and steers them");

  channel
    .command("list")
    .description("every channel, one line each")
    .action(() =>
      tool.withClient(async ({ client }) => {
        const channels = await client.call("channel.list", {});
        tool.print(channels, () => channelTable(channels, paperOf(tool.terminal)));
      }),
    );

  channel
    .command("show")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .description("everything about one channel")
    .action((named: string | undefined) =>
      tool.withClient(async ({ client }) => {
        const shown = await client.call("channel.get", { channel: await chooseChannel(client, named) });
        tool.print(shown, () => channelText(shown, paperOf(tool.terminal)));
      }),
    );

  for (const [verb, method, description] of steering) {
    channel
      .command(verb)
      .argument("[CHANNEL]", "may be left out when there is only one")
      .description(description)
      .action((named: string | undefined) =>
        tool.withClient(async ({ client }) => {
          const state = await client.call(method, { channel: await chooseChannel(client, named) });
          tool.print(state, () => channelTable([state], paperOf(tool.terminal)));
        }),
      );
  }

  channel
    .command("seek")
    .argument("[CHANNEL]", "may be left out when there is only one")
    .argument("[POSITION]", "must be given: 90, 1:30 or 1:02:03.5; +10 and -10 go from here")
    .description("goes to a position in the item that plays")
    // `-1:00` looks like an option.
    .allowUnknownOption()
    .action((first: string | undefined, second: string | undefined) => {
      const [named, position] = second === undefined ? [undefined, first] : [first, second];
      if (position === undefined) throw new UsageError("seek to which POSITION? write 90, 1:30, +10 or -10");
      return seek(tool, named, position);
    });
}

async function seek(tool: Tool, named: string | undefined, text: string): Promise<void> {
  const position = parsePosition(text);
  await tool.withClient(async ({ client }) => {
    const channel = await chooseChannel(client, named);
    const fromMs = position.kind === "absolute" ? 0 : await positionOf(client, channel);
    const state = await client.call("channel.seek", { channel, positionMs: Math.max(0, fromMs + position.ms) });
    tool.print(state, () => channelTable([state], paperOf(tool.terminal)));
  });
}

async function positionOf(client: ControlClient, channel: string): Promise<number> {
  return (await client.call("channel.get", { channel })).positionMs;
}
