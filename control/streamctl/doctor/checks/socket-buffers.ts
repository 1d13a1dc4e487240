// PURE. Whether the kernel's socket buffers hold what a channel sends at once: its largest picture.

import { fail, ok, warn, type Finding } from "../finding.ts";
import type { PlannedChannel } from "../plan.ts";

/** What a packet of up to 1,500 bytes counts for in a socket's buffer (skb truesize): measured on Linux 6. */
const COUNTED_BYTES = 2304;
/** What our receivers ask for: see receiver/join/multicast.ts. */
const ASKED_BYTES = 4 << 20;

type Stream = Pick<PlannedChannel, "name" | "profile" | "maxPacketBytes" | "maxFrameBytes">;

/** A picture of that size in packets, as a buffer counts them. */
export function pictureBytes({ profile, maxPacketBytes, maxFrameBytes }: Stream): number {
  const packetBytes = profile === "rtp" ? maxPacketBytes : 1472;
  return Math.ceil(maxFrameBytes / packetBytes) * COUNTED_BYTES;
}

/** The sender takes the system's default. */
export function judgeSendBuffers(streams: readonly Stream[], wmemDefault: number | null): Finding {
  const needed = Math.max(...streams.map(pictureBytes));
  const remedy = `sysctl -w net.core.wmem_default=${needed * 2} (and in /etc/sysctl.d, to keep it)`;
  if (wmemDefault === null) return warn("buffers", "net.core.wmem_default could not be read", "sysctl net.core.wmem_default");
  const isTooLong = streams.some(({ profile, maxFrameBytes }) => profile === "datagram" && maxFrameBytes > wmemDefault);
  if (isTooLong) return fail("buffers", `net.core.wmem_default is ${wmemDefault}: a datagram of the largest picture is refused`, remedy);
  if (wmemDefault < needed)
    return warn(
      "buffers",
      `net.core.wmem_default is ${wmemDefault}; a largest picture in one go takes ${needed}: its end leaves late`,
      remedy,
    );
  return ok("buffers", `net.core.wmem_default is ${wmemDefault}; a largest picture takes ${needed}`);
}

/** A receiver gets twice what it asks for, and `rmem_max` bounds that; two pictures have to fit while it does not run. */
export function judgeReceiveBuffers(streams: readonly Stream[], rmemMax: number | null): Finding {
  const picture = Math.max(...streams.map(pictureBytes));
  const remedy = `sysctl -w net.core.rmem_max=${ASKED_BYTES} (and in /etc/sysctl.d, to keep it)`;
  if (rmemMax === null) return warn("buffers", "net.core.rmem_max could not be read", "sysctl net.core.rmem_max");
  const given = 2 * Math.min(rmemMax, ASKED_BYTES);
  const says = `net.core.rmem_max is ${rmemMax}: receivers get ${given}, and a largest picture takes ${picture}`;
  if (given < picture) return fail("buffers", says, remedy);
  return given < 2 * picture ? warn("buffers", says, remedy) : ok("buffers", says);
}
