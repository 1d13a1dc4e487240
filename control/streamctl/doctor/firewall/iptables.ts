// PURE. The output of iptables-save(8) → a ruleset.

import type { Chain, Condition, Match, Packet, Rule, Ruleset, Verdict } from "./ruleset.ts";
import { not, yesIf } from "./ruleset.ts";
import { isInPrefix, isInterface } from "./values.ts";

const HOOKS: Readonly<Record<string, string>> = { INPUT: "input", OUTPUT: "output" };

export function parseIptables(text: string): Ruleset {
  const chains = new Map<string, { name: string; rules: Rule[]; hook: string | null; policy: "accept" | "drop" }>();
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1).trim();
    const [, name, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (name !== undefined)
      chains.set(`${table} ${name}`, {
        name: `${table} ${name}`,
        rules: [],
        hook: HOOKS[name] ?? null,
        policy: policy === "DROP" ? "drop" : "accept",
      });
    if (!line.startsWith("-A ")) continue;
    const [, chain = "", ...words] = split(line);
    // What changes addresses decides nothing here.
    if (table !== "nat") chains.get(`${table} ${chain}`)?.rules.push(parseRule(words, table, line));
  }
  return chains satisfies ReadonlyMap<string, Chain>;
}

/** Quoted words may have spaces in them. */
function split(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function parseRule(words: readonly string[], table: string, text: string): Rule {
  const conditions: Condition[] = [];
  let isNot = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "!") {
      isNot = true;
      continue;
    }
    if (word === "-j" || word === "-g") return { conditions, verdict: verdictOf(words[at + 1] ?? "", word === "-g", table), text };
    const value = words[at + 1] ?? "";
    const condition = conditionOf(word, value);
    if (condition !== null) conditions.push(isNot ? (packet) => not(condition(packet)) : condition);
    isNot = false;
    // The value of an option that we do not know may be more than one word: whatever is no option is passed over.
    while (at + 1 < words.length && !/^(-|!)/.test(words[at + 1] ?? "-")) at++;
  }
  return { conditions, verdict: { kind: "none" }, text };
}

/** Null: no condition. */
function conditionOf(option: string, value: string): Condition | null {
  switch (option) {
    case "-m":
    case "--comment":
      return null;
    case "-p":
      return ({ protocol }) => yesIf(value === "all" || value === protocol || PROTOCOL_NUMBERS[protocol] === value);
    case "-d":
      return ({ destination }) => yesIf(isInPrefix(destination, value));
    case "-i":
      return (packet) => yesIf(packet.hook === "input" && isInterface(packet.interface, value));
    case "-o":
      return (packet) => yesIf(packet.hook === "output" && isInterface(packet.interface, value));
    case "--dport":
    case "--dports":
      return ({ port }) => yesIf(port !== null && value.split(",").some((range) => isInPorts(port, range)));
    case "--state":
    case "--ctstate":
      return () => yesIf(value.split(",").includes("NEW"));
    case "--pkt-type":
      return (packet) => yesIf(value === (isMulticast(packet) ? "multicast" : "unicast"));
    case "--dst-type":
      return (packet) => yesIf(value.split(",").includes(addressType(packet)));
    default:
      return (): Match => "unknown";
  }
}

const PROTOCOL_NUMBERS = { igmp: "2", udp: "17", tcp: "6" } as const;

function isMulticast({ destination }: Packet): boolean {
  return isInPrefix(destination, "224.0.0.0/4");
}

/** As the kernel's routing table calls it: what comes in for one host is for this one. */
function addressType(packet: Packet): string {
  if (isMulticast(packet)) return "MULTICAST";
  return packet.hook === "input" ? "LOCAL" : "UNICAST";
}

function isInPorts(port: number, range: string): boolean {
  const [from = "", to = from] = range.split(":");
  return port >= Number(from) && port <= Number(to);
}

function verdictOf(target: string, isGoto: boolean, table: string): Verdict {
  switch (target) {
    case "ACCEPT":
      return { kind: "accept" };
    case "DROP":
    case "REJECT":
      return { kind: "drop" };
    case "RETURN":
      return { kind: "return" };
    default:
      // A chain of its own, or a target that decides nothing (LOG, MARK): the ruleset has no chain of that name then.
      return { kind: isGoto ? "goto" : "jump", chain: `${table} ${target}` };
  }
}
