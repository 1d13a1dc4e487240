/** What the HTTP server gives out: the page for people, session descriptions, and what sound can be compared with. */

import { describeForPage } from "./channel-status.ts";
import type { Channel } from "./channel.ts";
import { authorityOf } from "./http/authority.ts";
import { renderPage } from "./http/page.ts";
import type { HttpSite } from "./http/server.ts";
import { referenceFile } from "./reference-file.ts";
import { ipv4Host } from "./watch-hint.ts";

/** `describe`: a channel's session description for those who reach this host by a name or an address. */
export function createSite(
  channels: ReadonlyMap<string, Channel>,
  describe: (channel: Channel, reachedBy: string) => string | null,
  controlPort: number,
): HttpSite {
  return {
    channelNames: () => [...channels.keys()],
    sdp: (name, reachedBy) => {
      const channel = channels.get(name);
      return channel === undefined ? null : describe(channel, reachedBy);
    },
    reference: (name) => {
      const channel = channels.get(name);
      return channel === undefined ? null : referenceFile(channel);
    },
    page: (reachedBy, authority) => {
      const all = [...channels.values()];
      const [first] = all;
      const controlHost = first === undefined ? reachedBy : ipv4Host(first, reachedBy);
      return renderPage(
        reachedBy,
        authorityOf(controlHost, controlPort),
        all.map((channel) => describeForPage(channel, authority)),
      );
    },
  };
}
