/** Loss on the way to a host: packets to a group are dropped at random on the receiving side, fragments of a datagram each for itself. */

import type { Host } from "../test/e2e/host.ts";

/** Resolution: hundredths of a percent. */
const STEPS = 10_000;

/** Before the kernel puts fragments together (priority −400): a line loses packets, and knows nothing of datagrams. */
export async function losePackets(host: Host, group: string, percent: number): Promise<void> {
  const rules = [
    "add table ip lossy",
    "add chain ip lossy incoming { type filter hook prerouting priority -450; }",
    `add rule ip lossy incoming ip daddr ${group} numgen random mod ${STEPS} < ${Math.round((percent / 100) * STEPS)} drop`,
  ];
  await host.output("nft", ["-f", "-"], { input: `${rules.join("\n")}\n` });
}
