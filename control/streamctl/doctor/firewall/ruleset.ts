// PURE. Rules of a packet filter, whatever tool told them, and what becomes of a packet that goes through them.

/** A packet as far as rules look at it. It is the first of its kind: connection tracking calls it new. */
export type Packet = {
  /** For people: `UDP to 239.255.1.1:5004`. */
  readonly what: string;
  readonly hook: "input" | "output";
  readonly protocol: "igmp" | "udp" | "tcp";
  readonly destination: string;
  readonly port: number | null;
  /** By which it comes or goes. */
  readonly interface: string;
};

/** `unknown`: it depends on what we do not look at. */
export type Match = "yes" | "no" | "unknown";
export type Condition = (packet: Packet) => Match;

export type Verdict =
  | { readonly kind: "accept" }
  | { readonly kind: "drop" }
  | { readonly kind: "return" }
  | { readonly kind: "none" }
  | { readonly kind: "jump"; readonly chain: string }
  | { readonly kind: "goto"; readonly chain: string };

export type Rule = { readonly conditions: readonly Condition[]; readonly verdict: Verdict; readonly text: string };
export type Chain = {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Null: others jump to it. */
  readonly hook: string | null;
  readonly policy: "accept" | "drop";
};
/** By the chain's name, with its table's in front. */
export type Ruleset = ReadonlyMap<string, Chain>;

/** `certain`: no condition was in the way that we could not read. `by`: the rule, or the policy, as it is written. `chain`: that the packet entered by. */
export type Fate =
  | { readonly kind: "passes" }
  | { readonly kind: "dropped"; readonly certain: boolean; readonly by: string; readonly chain: string };

const PASSES: Fate = { kind: "passes" };
/** Kernels refuse deeper ones. */
const MOST_JUMPS = 16;

/** Every chain of the hook has to let it pass. */
export function fateOf(packet: Packet, ruleset: Ruleset): Fate {
  let worst: Fate = PASSES;
  for (const chain of ruleset.values()) {
    if (chain.hook !== packet.hook) continue;
    const fate = walkBase(packet, chain, ruleset);
    if (fate.kind === "dropped" && fate.certain) return fate;
    if (fate.kind === "dropped") worst = fate;
  }
  return worst;
}

/**
 * What a chain made of it; `through`: nothing in it was final. `doubt`: a rule that may have dropped it on the way. `isSure`: nothing before
 * may have let it pass.
 */
type Walked = { readonly end: "accept" | "drop" | "through"; readonly by: string; readonly doubt: string | null; readonly isSure: boolean };

function walkBase(packet: Packet, chain: Chain, ruleset: Ruleset): Fate {
  const walked = walk(packet, chain, ruleset, 0);
  const isDropped = walked.end === "drop" || (walked.end === "through" && chain.policy === "drop");
  const by = walked.end === "drop" ? walked.by : `the policy of ${chain.name}`;
  if (isDropped) return { kind: "dropped", certain: walked.isSure, by, chain: chain.name };
  return walked.doubt === null ? PASSES : { kind: "dropped", certain: false, by: walked.doubt, chain: chain.name };
}

function walk(packet: Packet, chain: Chain, ruleset: Ruleset, depth: number): Walked {
  let doubt: string | null = null;
  let isSure = true;
  for (const { conditions, verdict, text } of chain.rules) {
    const match = matchAll(conditions, packet);
    if (match === "no" || verdict.kind === "none") continue;
    if (match === "unknown") {
      if (verdict.kind === "drop") doubt ??= text;
      else isSure = false;
      continue;
    }
    if (verdict.kind === "accept" || verdict.kind === "drop") return { end: verdict.kind, by: text, doubt, isSure };
    if (verdict.kind === "return") break;
    if (verdict.kind !== "jump" && verdict.kind !== "goto") continue;
    const target = ruleset.get(verdict.chain);
    if (target === undefined || depth >= MOST_JUMPS) continue;
    const walked = walk(packet, target, ruleset, depth + 1);
    doubt ??= walked.doubt;
    isSure = isSure && walked.isSure;
    if (walked.end !== "through") return { ...walked, doubt, isSure };
    if (verdict.kind === "goto") break;
  }
  return { end: "through", by: chain.name, doubt, isSure };
}

function matchAll(conditions: readonly Condition[], packet: Packet): Match {
  let all: Match = "yes";
  for (const condition of conditions) {
    const match = condition(packet);
    if (match === "no") return "no";
    if (match === "unknown") all = "unknown";
  }
  return all;
}

export function not(match: Match): Match {
  if (match === "unknown") return match;
  return match === "yes" ? "no" : "yes";
}

export function yesIf(is: boolean): Match {
  return is ? "yes" : "no";
}
