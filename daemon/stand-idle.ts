/** With nothing to send and nothing to send it on, a person has to do something before a start makes sense. */

import type { Channel } from "./channel/channel.ts";
import { StartError } from "./start-error.ts";

/** Throws a StartError if no channel can do anything. `isService`: a service that starts before its network waits for it, since nobody stands by to start it again. */
export function refuseToStandIdle(channels: readonly Channel[], isService: boolean): void {
  const why = channels.map((channel) => {
    if (channel.state === "failed") return `channels.${channel.name}.source: ${channel.reason ?? "failed"}`;
    return channel.isCutOff && !isService ? `channels.${channel.name}.interfaces: ${channel.interfaces[0]?.problem ?? "none"}` : null;
  });
  if (why.every((reason) => reason !== null)) throw new StartError(why[0] ?? "no channel is configured");
}
