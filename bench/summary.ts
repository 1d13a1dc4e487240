/** Rounds → median, least and most; and a finding as a table. Pure. */

import type { Finding, Metric, Row } from "./bench.ts";

export type Summary = { readonly median: number; readonly least: number; readonly most: number };

/** NaN of nothing. */
export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) };
}

/** The median of a row's metric (the first, unless named), divided by that of `reference` under the same condition; null where there is no such row, or it is 0. */
export function ratioTo(reference: string, row: Row, { rows, metrics: [first] }: Finding, key = first?.key): number | null {
  const other = rows.find(({ contender, condition }) => contender === reference && condition === row.condition);
  if (key === undefined || other === undefined) return null;
  const ratio = summarise(row.values[key] ?? []).median / summarise(other.values[key] ?? []).median;
  return Number.isFinite(ratio) ? ratio : null;
}

/** Markdown, with a column for the ratio of the first metric to ffmpeg's and to GStreamer's where they took part. */
export function tableOf(finding: Finding): string {
  const { metrics, rows } = finding;
  const references = ["ffmpeg", "GStreamer"].filter((name) =>
    rows.some((row) => ratioTo(name, row, finding) !== null && row.contender !== name),
  );
  const heads = ["", ...metrics.map(({ label }) => label), ...references.map((name) => `× ${name}`)];
  const lines = rows.map((row) => {
    const name = row.condition === "" ? row.contender : `${row.contender}, ${row.condition}`;
    const cells = metrics.map((metric) => showValues(row.values[metric.key] ?? [], metric));
    return [name, ...cells, ...references.map((reference) => showRatio(ratioTo(reference, row, finding)))];
  });
  return [heads, heads.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function showValues(values: readonly number[], { digits }: Metric): string {
  const { median, least, most } = summarise(values);
  if (Number.isNaN(median)) return "";
  return values.length === 1 ? median.toFixed(digits) : `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function showRatio(ratio: number | null): string {
  return ratio === null ? "" : ratio.toFixed(2);
}
