/** The channels of a configuration, by name. */

import type { Config } from "../../config/schema.ts";
import type { Log } from "../log/log.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import type { SourceCache } from "../source/messages.ts";
import { Channel } from "./channel.ts";
import type { ChannelNews } from "./news.ts";
import { setUpChannel } from "./setup.ts";

export function createChannels(
  { channels }: Pick<Config, "channels">,
  { utcOffsetMs, cache, sender }: { readonly utcOffsetMs: number; readonly cache: SourceCache; readonly sender: SenderThread },
  hear: (channel: string, news: ChannelNews) => void,
): ReadonlyMap<string, Channel> {
  const create = (config: Config["channels"][number]): Channel =>
    new Channel(config, setUpChannel(config, utcOffsetMs, cache), sender, (news) => hear(config.name, news));
  return new Map(channels.map((config) => [config.name, create(config)]));
}

/** For when their sockets have been opened: what is wrong with their interfaces. */
export function warnOfInterfaces(channels: ReadonlyMap<string, Channel>, log: Log): void {
  for (const { name, interfaces } of channels.values())
    for (const { problem } of interfaces) if (problem !== null) log.warn({ channel: name }, `channels.${name}.interfaces: ${problem}`);
}
