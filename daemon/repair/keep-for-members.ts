/** What is sent is kept for a while, for who loses some of it, where somebody has joined: nobody else can ask for it. */

import type { ChannelConfig, Config } from "../../config/schema.ts";
import type { SenderThread } from "../send/sender-thread.ts";

/** Channels whose packets are sent again to who has lost them. */
export function repairedChannels({ channels, send }: Pick<Config, "channels" | "send">): readonly ChannelConfig[] {
  return send.maxRepairKbps === 0 ? [] : channels.filter(({ profile }) => profile === "rtp");
}

/** To be told whenever a channel's number of members has changed. */
export function keepForMembers(config: Config, sender: Pick<SenderThread, "post">): (channel: string, members: number) => void {
  const repaired = new Set(repairedChannels(config).map(({ name }) => name));
  return (channel, members) => {
    if (members <= 1 && repaired.has(channel)) sender.post({ kind: "keep", channel, isOn: members > 0 });
  };
}
