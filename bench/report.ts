/** From bench/results/*.json: README's table between its markers, the charts, and bench/results/tables.md with everything. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawChart } from "./chart.ts";
import { drawCurves } from "./curve.ts";
import { namesIn, ratio, readHeadlines } from "./headlines.ts";
import type { Headline } from "./headlines.ts";
import { loadResult } from "./result-files.ts";
import { curvesOf } from "./soak.ts";
import { summarise, tableOf } from "./summary.ts";
import type { Summary } from "./summary.ts";

const ROOT = join(import.meta.dirname, "..");
const MARKERS = { begin: "<!-- bench: written by npm run bench -->", end: "<!-- bench end -->" } as const;
const REFERENCES = ["ffmpeg", "GStreamer"] as const;

/** `benches`: the names of all, in their order. Throws if README has lost its markers. */
export function writeReport(benches: readonly string[]): void {
  const headlines = readHeadlines();
  const soaked = loadResult("soak");
  for (const theme of ["light", "dark"] as const) {
    writeFileSync(join(ROOT, `docs/bench-${theme}.svg`), drawChart(headlines, theme));
    if (soaked !== null) writeFileSync(join(ROOT, `docs/soak-${theme}.svg`), drawCurves(curvesOf(soaked), theme));
  }
  writeFileSync(join(ROOT, "bench/results/tables.md"), allTables(benches));
  const file = join(ROOT, "README.md");
  writeFileSync(file, betweenMarkers(readFileSync(file, "utf8"), headlineTable(headlines)));
}

function headlineTable(headlines: readonly Headline[]): string {
  const names = namesIn(headlines);
  const heads = ["", ...names, ...REFERENCES.map((name) => `× ${name}`)];
  const rows = headlines.map((headline) => {
    const label = headline.isMoreBetter ? `${headline.label} (more is better)` : headline.label;
    const cells = names.map((name) => showSummary(headline.values[name], headline.digits));
    return [label, ...cells, ...REFERENCES.map((name) => ratio(headline, name)?.toFixed(2) ?? "")];
  });
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function showSummary(summary: Summary | undefined, digits: number): string {
  if (summary === undefined || Number.isNaN(summary.median)) return "";
  const { median, least, most } = summary;
  return least === most ? median.toFixed(digits) : `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function betweenMarkers(text: string, table: string): string {
  const [from, to] = [text.indexOf(MARKERS.begin), text.indexOf(MARKERS.end)];
  if (from < 0 || to < from)
    throw new Error(`README.md: the markers of the table are missing; put back "${MARKERS.begin}" and "${MARKERS.end}"`);
  return `${text.slice(0, from)}${MARKERS.begin}\n\n${table}\n\n${text.slice(to)}`;
}

function allTables(benches: readonly string[]): string {
  const sections = benches.flatMap((name) => {
    const result = loadResult(name);
    if (result === null) return [];
    const { date, commit, machine, versions, notes, stealPercent } = result;
    const steal = summarise(stealPercent);
    const where = `${date}, commit ${commit}, ${machine}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join("; ")}`;
    const lines = [...notes, `steal ${steal.median.toFixed(2)} %, at most ${steal.most.toFixed(2)} % in a round`, where];
    return [`## ${name}: ${result.title}\n\n${tableOf(result)}\n\n${lines.map((line) => `- ${line}`).join("\n")}\n`];
  });
  return `# What npm run bench found\n\nWritten by it; how to read it: [bench/README.md](../README.md).\n\n${sections.join("\n")}`;
}
