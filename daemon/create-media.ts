/** What plays a channel's source: films, or something live. */

import type { ChannelConfig } from "../config/schema.ts";
import { ChannelMedia, createStage, type MediaListener } from "./channel-media.ts";
import { LiveMedia, type LiveListener } from "./live-media.ts";
import type { Media } from "./media.ts";
import type { SenderThread } from "./send/sender-thread.ts";

export function createMedia(config: () => ChannelConfig, sender: SenderThread, listener: MediaListener & LiveListener): Media {
  const stage = createStage(config(), sender);
  return config().source.kind === "live"
    ? new LiveMedia(config, sender, listener, stage)
    : new ChannelMedia(config, sender, listener, stage);
}
