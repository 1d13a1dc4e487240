import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as v from "valibot";
import { parse } from "yaml";
import { metrics } from "../../../daemon/metrics/table.ts";
import { missingPromtool } from "../../promtool.ts";

const DOCS = join(import.meta.dirname, "../../../docs");
const RULES = join(DOCS, "prometheus/streamerd.rules.yml");
const dashboardSchema = v.object({
  panels: v.array(v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) })),
});
const rulesSchema = v.object({ groups: v.array(v.object({ rules: v.array(v.object({ alert: v.string(), expr: v.string() })) })) });

const dashboard = v.parse(dashboardSchema, JSON.parse(readFileSync(join(DOCS, "grafana/streamerd.json"), "utf8")));
const rules = v.parse(rulesSchema, parse(readFileSync(RULES, "utf8"))).groups.flatMap((group) => group.rules);
const shown = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

const namesIn = (expression: string): readonly string[] => expression.match(/streamerd_[a-z_]+/g) ?? [];
const isKnown = (name: string): boolean => metrics.some((metric) => name === metric.name || name === `${metric.name}_bucket`);

test("the dashboard and the alerts ask for metrics that there are", () => {
  const asked = [...shown, ...rules.map(({ expr }) => expr)].flatMap(namesIn);
  assert.deepEqual(
    asked.filter((name) => !isKnown(name)),
    [],
  );
  assert.ok(asked.length > 30);
});

test("the guide names every alert", () => {
  const guide = readFileSync(join(DOCS, "monitoring.md"), "utf8");
  assert.deepEqual(
    rules.filter(({ alert }) => !guide.includes(`\`${alert}\``)),
    [],
  );
});

const promtool = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
};

test("promtool takes the rules, and the alerts come when they should", { skip: missingPromtool() }, () => {
  const checked = promtool("check", "rules", RULES);
  assert.equal(checked.status, 0, checked.said);
  const tested = promtool("test", "rules", join(import.meta.dirname, "alerts.promtool.yml"));
  assert.equal(tested.status, 0, tested.said);
});

test("promtool reads every expression of the dashboard", { skip: missingPromtool() }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-rules-"));
  context.after(() => rmSync(folder, { recursive: true }));
  // As a rule each: Grafana's own variables stand for something that Prometheus knows.
  const asRules = shown.map((expr, index) => ({ record: `panel:${index}`, expr: expr.replaceAll("$__rate_interval", "1m") }));
  const file = join(folder, "dashboard.yml");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules: asRules }] }));
  const { status, said } = promtool("check", "rules", file);
  assert.equal(status, 0, said);
});
