// The rules of this host's packet filter, by whichever tool is there. Root alone may see them.

import type { FirewallReading } from "../checks/firewall.ts";
import { runTool } from "./run-tool.ts";

export async function readFirewall(): Promise<FirewallReading> {
  const [nft, iptables, ufw] = await Promise.all([
    runTool("nft", ["-j", "list", "ruleset"]),
    runTool("iptables-save", []),
    runTool("ufw", ["status"]),
  ]);
  return { nft, iptables, ufw };
}
