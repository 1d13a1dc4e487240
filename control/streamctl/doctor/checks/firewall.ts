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

/** Rules, and the tool that told them. */
type Told = { readonly tool: "nft" | "iptables"; readonly rules: Ruleset };

export function judgeFirewall({ nft, iptables, ufw }: FirewallReading, needed: readonly Needed[]): readonly Finding[] {
  const rulesets: Told[] = [];
  if (iptables.kind === "text") rulesets.push({ tool: "iptables", rules: parseIptables(iptables.text) });
  if (nft.kind === "text") {
    // Its tables are the kernel's: what iptables keeps there has just been read.
    const ruleset = parseNft(nft.text, iptables.kind === "text" && iptables.text.includes("nf_tables"));
    if (ruleset === null) return [warn("firewall", "what nft lists could not be read", "nft list ruleset: look for drop")];
    rulesets.push({ tool: "nft", rules: ruleset });
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

function judge({ packet, level, why }: Needed, rulesets: readonly Told[], isUfw: boolean): readonly Finding[] {
  const fates = rulesets.map(({ tool, rules }) => ({ tool, fate: fateOf(packet, rules) }));
  const worst = fates.find(({ fate }) => fate.kind === "dropped" && fate.certain) ?? fates.find(({ fate }) => fate.kind === "dropped");
  if (worst?.fate.kind !== "dropped") return [];
  const { certain, by, chain } = worst.fate;
  const isOfUfw = isUfw && worst.tool === "iptables";
  const remedy = isOfUfw ? ufwRemedy(packet) : `take that rule away, or let it pass before: ${REMEDIES[worst.tool](packet, chain)}`;
  if (!certain) return [warn("firewall", `${packet.what} may be dropped by ${by}: ${why}`, remedy)];
  return [(level === "fail" ? fail : warn)("firewall", `${packet.what} is dropped by ${by}: ${why}`, remedy)];
}

function ufwRemedy({ protocol, destination, port, hook, interface: by }: Packet): string {
  if (protocol === "igmp") return "in /etc/ufw/before.rules, above COMMIT: -A ufw-before-input -p igmp -j ACCEPT; then ufw reload";
  const direction = hook === "input" ? `in on ${by}` : `out on ${by}`;
  return `ufw allow ${direction} proto ${protocol} to ${destination} port ${port ?? ""}`;
}

/** A rule in front of the chain that the packet entered by: what passes another tool's chain is dropped in this one all the same. */
const REMEDIES: Readonly<Record<Told["tool"], (packet: Packet, chain: string) => string>> = {
  nft: ({ protocol, destination, port }, chain) =>
    `nft insert rule ${chain} ${protocol === "igmp" ? "ip protocol igmp" : `ip daddr ${destination} ${protocol} dport ${port ?? ""}`} accept`,
  iptables: ({ protocol, destination, port }, chain) => {
    const [table = "filter", name = "INPUT"] = chain.split(" ");
    const what = protocol === "igmp" ? "-p igmp" : `-p ${protocol} -d ${destination} --dport ${port ?? ""}`;
    return `iptables -t ${table} -I ${name} ${what} -j ACCEPT`;
  },
};
