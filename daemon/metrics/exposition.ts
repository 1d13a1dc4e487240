/** A table of metrics and a snapshot → Prometheus' text format, version 0.0.4. Pure. */

import type { HistogramSample, Metric } from "./metric.ts";
import type { MetricsSnapshot } from "./snapshot.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function renderExposition(table: readonly Metric[], snapshot: MetricsSnapshot): string {
  return table.map((metric) => renderMetric(metric, snapshot)).join("");
}

function renderMetric(metric: Metric, snapshot: MetricsSnapshot): string {
  const { name, type, doc, labels: names } = metric;
  const lines =
    metric.type === "histogram"
      ? metric.read(snapshot).flatMap((sample) => histogramLines(name, names, sample))
      : metric.read(snapshot).map(({ labels, value }) => sampleLine(name, names, labels, value));
  // A family without a sample is left out: there is nothing to be said of it now.
  if (lines.length === 0) return "";
  return `# HELP ${name} ${escapeHelp(doc)}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
}

/** Buckets are cumulative, and the last one has no bound. */
function histogramLines(name: string, names: readonly string[], { labels, bounds, atMost, count, sum }: HistogramSample): string[] {
  const bucket = (bound: string, value: number): string => sampleLine(`${name}_bucket`, [...names, "le"], [...labels, bound], value);
  return [
    ...bounds.map((bound, index) => bucket(formatValue(bound), atMost[index] ?? 0)),
    bucket("+Inf", count),
    sampleLine(`${name}_sum`, names, labels, sum),
    sampleLine(`${name}_count`, names, labels, count),
  ];
}

function sampleLine(name: string, names: readonly string[], values: readonly string[], value: number): string {
  const labels = names.map((label, index) => `${label}="${escapeLabel(values[index] ?? "")}"`).join(",");
  return `${name}${labels === "" ? "" : `{${labels}}`} ${formatValue(value)}`;
}

/** A label's value: backslash, quote and line feed are written with a backslash. */
export function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
