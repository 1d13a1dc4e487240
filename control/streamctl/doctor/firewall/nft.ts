// PURE. The output of `nft -j list ruleset` (libnftables-json(5)) → a ruleset.

import * as v from "valibot";
import { nftCondition, nftValueText } from "./nft-condition.ts";
import type { Chain, Condition, Rule, Ruleset, Verdict } from "./ruleset.ts";

const named = { family: v.string(), table: v.string() };
const chainSchema = v.object({ ...named, name: v.string(), hook: v.optional(v.string()), policy: v.optional(v.string()) });
const ruleSchema = v.object({
  ...named,
  chain: v.string(),
  expr: v.array(v.record(v.string(), v.unknown())),
  comment: v.optional(v.string()),
});
const listing = v.object({ nftables: v.array(v.object({ chain: v.optional(chainSchema), rule: v.optional(ruleSchema) })) });
const target = v.object({ target: v.string() });
const verdictMap = v.object({
  key: v.unknown(),
  data: v.object({ set: v.array(v.tuple([v.unknown(), v.record(v.string(), v.unknown())])) }),
});

/** Families whose chains IPv4 packets of this host go through. */
const FAMILIES: ReadonlySet<string> = new Set(["ip", "inet"]);
/** Tables that iptables keeps there: `iptables-save` shows them better. */
const IPTABLES_TABLES: ReadonlySet<string> = new Set(["filter", "nat", "mangle", "raw", "security"]);

/** Null where the text is no such listing. `withoutIptables`: its tables are known already. */
export function parseNft(text: string, withoutIptables: boolean): Ruleset | null {
  const parsed = v.safeParse(listing, parseJson(text));
  if (!parsed.success) return null;
  const rules = new Map<string, Rule[]>();
  const chains = new Map<string, Chain>();
  for (const { chain, rule } of parsed.output.nftables) {
    const where = chain ?? rule;
    if (where === undefined || !FAMILIES.has(where.family)) continue;
    if (withoutIptables && where.family === "ip" && IPTABLES_TABLES.has(where.table)) continue;
    const table = `${where.family} ${where.table}`;
    const name = `${table} ${chain?.name ?? rule?.chain ?? ""}`;
    const own = rules.get(name) ?? [];
    rules.set(name, own);
    if (chain !== undefined)
      chains.set(name, { name, rules: own, hook: chain.hook ?? null, policy: chain.policy === "drop" ? "drop" : "accept" });
    if (rule !== undefined) own.push(...parseRule(rule.expr, table, name));
  }
  return chains;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Statements stand in a row: conditions hold for what follows them. A verdict map is a rule for each of its entries. */
function parseRule(statements: readonly Readonly<Record<string, unknown>>[], table: string, chain: string): readonly Rule[] {
  const conditions: Condition[] = [];
  const rules: Rule[] = [];
  const text = `${chain}: ${statements.map((statement) => describe(statement)).join(" ")}`;
  for (const statement of statements) {
    const verdict = verdictOf(statement, table);
    if (verdict !== null) rules.push({ conditions: [...conditions], verdict, text });
    else if (statement["vmap"] !== undefined) {
      const map = v.safeParse(verdictMap, statement["vmap"]);
      for (const [value, outcome] of map.success ? map.output.data.set : []) {
        const condition = nftCondition("==", map.success ? map.output.key : null, value);
        const entry = verdictOf(outcome, table);
        if (entry !== null) rules.push({ conditions: [...conditions, condition], verdict: entry, text });
      }
    } else if (statement["match"] !== undefined) conditions.push(matchOf(statement["match"]));
    else if (statement["limit"] !== undefined || statement["xt"] !== undefined) conditions.push(() => "unknown");
  }
  return rules;
}

const matchSchema = v.object({ op: v.string(), left: v.unknown(), right: v.unknown() });

function matchOf(statement: unknown): Condition {
  const parsed = v.safeParse(matchSchema, statement);
  if (!parsed.success) return () => "unknown";
  return nftCondition(parsed.output.op, parsed.output.left, parsed.output.right);
}

function verdictOf(statement: Readonly<Record<string, unknown>>, table: string): Verdict | null {
  if ("accept" in statement) return { kind: "accept" };
  if ("drop" in statement || "reject" in statement) return { kind: "drop" };
  if ("return" in statement) return { kind: "return" };
  for (const kind of ["jump", "goto"] as const) {
    const to = v.safeParse(target, statement[kind]);
    if (to.success) return { kind, chain: `${table} ${to.output.target}` };
  }
  return null;
}

/** Short, and enough to find the rule by. */
function describe(statement: Readonly<Record<string, unknown>>): string {
  const parsed = v.safeParse(matchSchema, statement["match"]);
  if (!parsed.success) return Object.keys(statement).join(" ");
  const { op, left, right } = parsed.output;
  const words = JSON.stringify(left).match(/(?<=:")[^"]+/g) ?? [];
  return [...words, ...(op === "==" || op === "in" ? [] : [op]), nftValueText(right)].join(" ");
}
