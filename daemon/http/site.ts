/** What the HTTP server gives out: the page for people, session descriptions, and what sound can be compared with. */

import { itemName } from "../channel/status.ts";
import type { Channel } from "../channel/channel.ts";
import { authorityOf } from "./authority.ts";
import type { PageChannel } from "./page.ts";
import { renderPage } from "./page.ts";
import type { HttpSite } from "./server.ts";
import { referenceFile } from "./reference-file.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { ipv4Host } from "../watch-hint.ts";

/** `sdpFor`: a channel's session description for those who reach this host by a name or an address. */
export function createSite(
  channels: ReadonlyMap<string, Channel>,
  sdpFor: (channel: Channel, reachedBy: string) => string | null,
  controlPort: number,
  sender: Pick<SenderThread, "statistics">,
): HttpSite {
  return {
    channelNames: () => [...channels.keys()],
    sdp: (name, reachedBy) => {
      const channel = channels.get(name);
      return channel === undefined ? null : sdpFor(channel, reachedBy);
    },
    isEncrypted: (name) => channels.get(name)?.config.access === "pass",
    reference: (name) => {
      const channel = channels.get(name);
      return channel === undefined ? null : referenceFile(channel);
    },
    page: async (reachedBy, authority) => {
      const all = [...channels.values()];
      const [first] = all;
      const controlHost = first === undefined ? reachedBy : ipv4Host(first, reachedBy);
      const describe = async (channel: Channel): Promise<PageChannel> =>
        describeForPage(channel, (await sender.statistics(channel.name)).statistics.timelineMs, authority);
      return renderPage(reachedBy, authorityOf(controlHost, controlPort), await Promise.all(all.map(describe)));
    },
  };
}

/** A channel on the page for people. `timelineMs`: where it is, from its statistics; `authority`: HOST:PORT of the HTTP server. */
export function describeForPage(channel: Channel, timelineMs: number | null, authority: string): PageChannel {
  const { group, port, audio, profile, access } = channel.config;
  const item = channel.media.playlist[channel.media.itemIndexAt(timelineMs)];
  return {
    name: channel.name,
    state: channel.isCutOff ? "no interface" : channel.state,
    source: item === undefined ? "" : itemName(item),
    group,
    port,
    picture: channel.picture,
    sound: audio.enabled ? audio : null,
    isEncrypted: access === "pass",
    sdpUrl: profile === "rtp" ? `http://${authority}/${channel.name}.sdp` : null,
  };
}
