// PURE. Whether a packet passes the interface in one piece.

import { ok, warn, type Finding } from "../finding.ts";
import type { PlannedChannel } from "../plan.ts";

/** IPv4 without options (20) and UDP (8). */
const HEADER_BYTES = 28;

export function judgeMtu(
  { name, profile, maxPacketBytes }: Pick<PlannedChannel, "name" | "profile" | "maxPacketBytes">,
  interfaceName: string,
  mtu: number | null,
): Finding {
  if (mtu === null) return warn("mtu", `that of ${interfaceName} could not be read`, `ip link show ${interfaceName}`);
  if (profile === "datagram")
    return ok("mtu", `${interfaceName} has ${mtu}; channel ${name} sends datagrams, which are cut into fragments anyway`);
  const packet = maxPacketBytes + HEADER_BYTES;
  if (packet <= mtu) return ok("mtu", `${interfaceName} has ${mtu}, packets of channel ${name} at most ${packet}`);
  const text = `packets of channel ${name} have up to ${packet} bytes and ${interfaceName} takes ${mtu}: each is cut into fragments, and one that is lost loses all`;
  return warn("mtu", text, `channels.${name}.maxPacketBytes: ${mtu - HEADER_BYTES}`);
}
