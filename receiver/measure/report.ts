/** The measurement as one page of HTML that opens anywhere: a table, and curves. No script, nothing from outside. Pure. */

import { escape, renderChart } from "./chart.ts";
import type { Series } from "./chart.ts";
import { runName } from "./results.ts";
import type { Summary } from "./results.ts";

/** What stands for "nothing differs" in a curve of decibels: more than 16 bit samples can tell apart (96 dB). */
const LOSSLESS_DB = 100;

export function renderReport(summaries: readonly Summary[]): string {
  const sorted = summaries.toSorted((a, b) => rateOf(a) - rateOf(b) || a.transport.localeCompare(b.transport));
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sound over UDP and TCP on a limited line</title>
<style>${STYLE}</style>
<h1>Sound over UDP and TCP on a limited line</h1>
<p>${sorted.length === 0 ? "No runs lie in this folder." : `${sorted.length} runs, each named by the rate of the line and the transport. What UDP loses is zeros in its file; TCP loses nothing, and is late.`}</p>
<div class="scroll"><table><thead><tr><th>Run</th><th>Length</th><th>Packets lost</th><th>Out of order</th><th>Longest gap</th><th>PSNR</th><th>SNR</th><th>Delay p50</th><th>p99</th><th>most</th></tr></thead>
<tbody>${sorted.map(row).join("\n")}</tbody></table></div>
${sorted
  .flatMap((summary) => (summary.remark === null ? [] : [`<p class="remark">${escape(runName(summary))}: ${escape(summary.remark)}.</p>`]))
  .join("\n")}
${charts(sorted)}
</html>
`;
}

function row(summary: Summary): string {
  const { packets, quality, delay } = summary;
  const cells = [
    `${summary.seconds.toFixed(1)} s`,
    `${packets.lostPercent.toFixed(2)} %`,
    String(packets.outOfOrder),
    `${summary.longestGapMs.toFixed(0)} ms`,
    decibels(quality, "psnrDb"),
    decibels(quality, "snrDb"),
    ...(delay === null ? ["–", "–", "–"] : [delay.p50Ms, delay.p99Ms, delay.maxMs].map((ms) => `${ms.toFixed(1)} ms`)),
  ];
  return `<tr><th class="${summary.transport}">${escape(runName(summary))}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function decibels(quality: Summary["quality"], key: "psnrDb" | "snrDb"): string {
  if (quality === null) return "–";
  const value = quality[key];
  return value === null ? "lossless" : `${value.toFixed(1)} dB`;
}

function charts(summaries: readonly Summary[]): string {
  const byTransport = (kind: "udp" | "tcp"): readonly Summary[] => summaries.filter(({ transport }) => transport === kind);
  const overRate = (read: (summary: Summary) => number | null): readonly Series[] =>
    (["udp", "tcp"] as const).map((kind) => ({
      name: kind.toUpperCase(),
      kind,
      points: byTransport(kind).flatMap((summary) => {
        const y = read(summary);
        return y === null || Number.isNaN(rateOf(summary)) ? [] : [{ x: rateOf(summary), y }];
      }),
    }));
  const rate = "rate of the line, kbit/s";
  const curves = (kind: "udp" | "tcp"): readonly Series[] =>
    byTransport(kind).map((summary) => ({ name: runName(summary), kind, points: summary.delayCurve }));
  return [
    renderChart(
      overRate(({ quality }) => (quality === null ? null : (quality.psnrDb ?? LOSSLESS_DB))),
      { title: `PSNR against the original (${LOSSLESS_DB}: nothing differs)`, xLabel: rate, yLabel: "dB", hasMarks: true },
    ),
    renderChart(
      overRate(({ packets }) => packets.lostPercent),
      { title: "Packets lost", xLabel: rate, yLabel: "%", hasMarks: true },
    ),
    renderChart(
      overRate(({ delay }) => delay?.p99Ms ?? null),
      { title: "Delay of a byte, 99th percentile", xLabel: rate, yLabel: "ms", hasMarks: true },
    ),
    renderChart(curves("tcp"), { title: "Delay of each byte over TCP", xLabel: "seconds", yLabel: "ms", hasMarks: false }),
    renderChart(curves("udp"), { title: "Delay of each byte over UDP", xLabel: "seconds", yLabel: "ms", hasMarks: false }),
  ].join("\n");
}

function rateOf({ rate }: Summary): number {
  return Number.parseFloat(rate);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --line: #d8dee4; --paper: #fff; --udp: #b3541e; --tcp: #1f5fb0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --line: #30363d; --paper: #0d1117; --udp: #f0883e; --tcp: #6cb6ff; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } p { color: var(--quiet); } .remark { color: var(--udp); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; font-weight: normal; }
thead th { color: var(--quiet); font-size: .875rem; } th:first-child { text-align: left; } tbody th { font-weight: 600; }
th.udp, .legend .udp::before { color: var(--udp); } th.tcp, .legend .tcp::before { color: var(--tcp); }
figure { margin: 2rem 0; break-inside: avoid; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; max-width: 44rem; }
.grid { stroke: var(--line); } .tick, .label { fill: var(--quiet); font-size: 12px; }
.line { fill: none; stroke-width: 1.75; } .line.udp, circle.udp { stroke: var(--udp); } .line.tcp, circle.tcp { stroke: var(--tcp); } circle.udp { fill: var(--udp); } circle.tcp { fill: var(--tcp); }
.legend { list-style: none; display: flex; gap: 1.25rem; padding: 0; margin: 0; color: var(--quiet); font-size: .875rem; flex-wrap: wrap; } .legend li::before { content: "■ "; }
`;
