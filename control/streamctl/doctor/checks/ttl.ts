// PURE. How far the packets get.

import { ok, warn, type Finding } from "../finding.ts";
import type { PlannedChannel } from "../plan.ts";

export function judgeTtl(channels: readonly Pick<PlannedChannel, "name" | "ttl">[]): readonly Finding[] {
  return channels.map(({ name, ttl }) => {
    if (ttl === 0) return warn("ttl", `channel ${name} has 0: it stays in this host`, `channels.${name}.ttl: 1 for the LAN`);
    if (ttl === 1) return ok("ttl", `channel ${name} has 1: it stays in the LAN`);
    return ok("ttl", `channel ${name} has ${ttl}: ${ttl - 1} multicast ${ttl === 2 ? "router" : "routers"} may pass it on`);
  });
}
