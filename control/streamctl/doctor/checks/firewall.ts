// PURE. Whether this host's packet filter lets through what the stream needs: the group's packets, and IGMP.

import { fail, ok, warn, type Finding } from "../finding.ts";
import { parseIptables } from "../firewall/iptables.ts";
import { parseNft } from "../firewall/nft.ts";
import { fateOf, type Packet, type Ruleset } from "../firewall/ruleset.ts";

/** A tool's output; `absent`: it is not installed; `refused`: it may not be asked. */
export type ToolOutput =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly reason: string };
export type FirewallReading = { readonly nft: ToolOutput; readonly iptables: ToolOutput; readonly ufw: ToolOutput };

/** What has to pass; `level`: how bad it is if it does not. */
export type Needed = { readonly packet: Packet; readonly level: "warn" | "fail"; readonly why: string };

export function judgeFirewall({ nft, iptables, ufw }: FirewallReading, needed: readonly Needed[]): readonly Finding[] {
  const rulesets: Ruleset[] = [];
  if (iptables.kind === "text") rulesets.push(parseIptables(iptables.text));
  if (nft.kind === "text") {
    // Its tables are the kernel's: what iptables keeps there has just been read.
    const ruleset = parseNft(nft.text, iptables.kind === "text" && iptables.text.includes("nf_tables"));
    if (ruleset === null) return [warn("firewall", "what nft lists could not be read", "nft list ruleset: look for drop")];
    rulesets.push(ruleset);
  }
  if (rulesets.length === 0) return [unseen(nft, iptables)];
  const isUfw = ufw.kind === "text" && /^Status: active/m.test(ufw.text);
  const dropped = needed.flatMap((need) => judge(need, rulesets, isUfw));
  if (dropped.length > 0) return dropped;
  const by = [nft.kind === "text" ? "nft" : [], iptables.kind === "text" ? "iptables" : [], isUfw ? "ufw" : []].flat().join(", ");
  return [ok("firewall", `${needed.map(({ packet }) => packet.what).join(", ")} pass (${by})`)];
}

function unseen(nft: ToolOutput, iptables: ToolOutput): Finding {
  const refused = [nft, iptables].find(({ kind }) => kind === "refused");
  if (refused?.kind === "refused")
    return warn("firewall", `its rules could not be read: ${refused.reason}`, "run streamctl doctor as root");
  return ok("firewall", "neither nft nor iptables is installed: there are no rules to read");
}

function judge({ packet, level, why }: Needed, rulesets: readonly Ruleset[], isUfw: boolean): readonly Finding[] {
  const fates = rulesets.map((ruleset) => fateOf(packet, ruleset));
  const worst = fates.find((fate) => fate.kind === "dropped" && fate.certain) ?? fates.find(({ kind }) => kind === "dropped");
  if (worst?.kind !== "dropped") return [];
  const remedy = isUfw ? ufwRemedy(packet) : nftRemedy(packet);
  if (!worst.certain) return [warn("firewall", `${packet.what} may be dropped by ${worst.by}: ${why}`, remedy)];
  return [(level === "fail" ? fail : warn)("firewall", `${packet.what} is dropped by ${worst.by}: ${why}`, remedy)];
}

function ufwRemedy({ protocol, destination, port, hook, interface: by }: Packet): string {
  if (protocol === "igmp") return "in /etc/ufw/before.rules, above COMMIT: -A ufw-before-input -p igmp -j ACCEPT; then ufw reload";
  const direction = hook === "input" ? `in on ${by}` : `out on ${by}`;
  return `ufw allow ${direction} proto ${protocol} to ${destination} port ${port ?? ""}`;
}

function nftRemedy({ protocol, destination, port, hook }: Packet): string {
  const chain = hook === "input" ? "INPUT" : "OUTPUT";
  const what = protocol === "igmp" ? "-p igmp" : `-p ${protocol} -d ${destination} --dport ${port ?? ""}`;
  return `take that rule away, or let it pass before: iptables -I ${chain} ${what} -j ACCEPT (in nftables: insert rule … accept in that table)`;
}
