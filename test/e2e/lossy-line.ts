/** A line that loses packets: UDP to and from a host is dropped at random, fragments of a datagram each for itself. */

import type { Host } from "./host.ts";

/** Resolution: hundredths of a percent. */
const STEPS = 10_000;

/** Before the kernel puts fragments together (priority −400): a line loses packets, and knows nothing of datagrams. */
export async function losePackets(host: Host, percent: number): Promise<void> {
  const drop = `ip protocol udp numgen random mod ${STEPS} < ${Math.round((percent / 100) * STEPS)} drop`;
  const rules = [
    "add table ip lossy",
    "add chain ip lossy incoming { type filter hook prerouting priority -450; }",
    `add rule ip lossy incoming ${drop}`,
    "add chain ip lossy outgoing { type filter hook output priority 0; }",
    `add rule ip lossy outgoing ${drop}`,
  ];
  await host.output("nft", ["-f", "-"], { input: `${rules.join("\n")}\n` });
}
