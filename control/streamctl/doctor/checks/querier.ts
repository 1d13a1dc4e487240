// PURE. Whether somebody on the wire asks who listens (an IGMP querier, RFC 3376): without one a switch with IGMP snooping forgets its listeners.

import { ok, warn, type Finding } from "../finding.ts";

export type QuerierReading =
  | { readonly kind: "heard"; readonly from: string; readonly version: number }
  /** The kernel has fallen back to an older version, which only a query makes it do. */
  | { readonly kind: "kernel"; readonly version: number }
  | { readonly kind: "silence"; readonly seconds: number }
  | { readonly kind: "unseen"; readonly reason: string };

const SWITCH_ON =
  "if a switch here has IGMP snooping, switch on a querier (most managed switches and routers have one), or its snooping off: else it plays for some minutes and stops";

export function judgeQuerier(interfaceName: string, reading: QuerierReading): Finding {
  switch (reading.kind) {
    case "heard":
      return ok("querier", `${reading.from} asks on ${interfaceName} who listens (IGMPv${reading.version})`);
    case "kernel":
      return ok("querier", `a querier was heard on ${interfaceName} (IGMPv${reading.version})`);
    case "silence": {
      const text = `no IGMP query on ${interfaceName} in ${reading.seconds} s, not even after a group was left`;
      return warn("querier", text, `${SWITCH_ON}. A slow querier is heard with --listen 130`);
    }
    case "unseen":
      return warn("querier", `IGMP queries on ${interfaceName} could not be listened for: ${reading.reason}`, SWITCH_ON);
  }
}
