/** What plays a channel's source: films, or something live. */

import type { ChannelConfig } from "../../config/schema.ts";
import { FilmMedia, createStage, type MediaListener } from "./film-media.ts";
import { LiveMedia, type LiveListener } from "./live-media.ts";
import type { Media } from "./media.ts";
import type { ChannelSetup } from "./setup.ts";
import type { SenderThread } from "../send/sender-thread.ts";

export function createMedia(
  config: () => ChannelConfig,
  { cache, senderInit }: Pick<ChannelSetup, "cache" | "senderInit">,
  sender: SenderThread,
  listener: MediaListener & LiveListener,
): Media {
  const stage = createStage(config(), sender);
  return config().source.kind === "live"
    ? new LiveMedia(config, cache, sender, listener, stage, senderInit.video.ssrc)
    : new FilmMedia(config, cache, sender, listener, stage);
}
