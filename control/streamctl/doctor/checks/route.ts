// PURE. Whether the kernel knows where a group lies: what names no interface goes, and listens, there.

import { ok, warn, fail, type Finding } from "../finding.ts";

export type Routed = {
  readonly channel: string;
  readonly group: string;
  /** The interface of the route; null for none. */
  readonly route: string | null;
  /** The interface that it is sent on; null for none. */
  readonly sentOn: string | null;
  /** It names no interface: then it depends on the route. */
  readonly isAuto: boolean;
};

export function judgeRoutes(routed: readonly Routed[]): readonly Finding[] {
  return routed.map(({ channel, group, route, sentOn, isAuto }) => {
    const add = `ip route add 224.0.0.0/4 dev ${sentOn ?? "eth0"}`;
    const says = `no route for ${group} of channel ${channel}`;
    if (route === null && isAuto) return fail("route", says, `${add}, or name the interface under channels.${channel}.interfaces`);
    if (route === null) return warn("route", `${says}: players on this host that name no interface do not find it`, add);
    if (sentOn !== null && sentOn !== route) {
      const text = `the route for ${group} is by ${route}, and channel ${channel} is sent on ${sentOn}: players on this host listen on the other one`;
      return warn("route", text, `${add}, if ${route} is not meant`);
    }
    return ok("route", `${group} of channel ${channel} is by ${route}`);
  });
}
