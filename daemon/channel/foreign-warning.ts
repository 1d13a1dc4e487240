/** What people are told when another host sends to a channel's group. Pure. */

import type { ChannelConfig } from "../../config/schema.ts";

/** `who`: "another host" where its address is nobody's business. */
export function foreignWarning(who: string, { name, group, groupIsDerived }: ChannelConfig): string {
  const remedy = groupIsDerived
    ? "restart streamerd, and the channel takes another group"
    : `give one of the two another group (channels.${name}.group)`;
  return `${who} also sends to ${group}: receivers get both mixed; ${remedy}`;
}
