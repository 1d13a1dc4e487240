/** Line charts as inline SVG: axes with units, a line and a word for each series. Pure. */

import type { CurvePoint } from "./delay.ts";
import { niceRange } from "./nice-range.ts";

export type Series = { readonly name: string; readonly kind: "udp" | "tcp"; readonly points: readonly CurvePoint[] };
export type ChartOptions = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Points that are few are marked. */ readonly hasMarks: boolean;
};

const [WIDTH, HEIGHT] = [640, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 16, 44];

/** Empty if there is nothing to draw. */
export function renderChart(series: readonly Series[], { title, xLabel, yLabel, hasMarks }: ChartOptions): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return "";
  const x = niceRange(points.map((point) => point.x));
  const y = niceRange([0, ...points.map((point) => point.y)]);
  const toX = (value: number): number => LEFT + ((value - x.from) / (x.to - x.from)) * (WIDTH - LEFT - RIGHT);
  const toY = (value: number): number => HEIGHT - BOTTOM - ((value - y.from) / (y.to - y.from)) * (HEIGHT - TOP - BOTTOM);
  const grid = y.ticks.map(
    (tick) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(toY(tick))}" y2="${px(toY(tick))}"/><text class="tick" x="${LEFT - 8}" y="${px(toY(tick) + 4)}" text-anchor="end">${plain(tick)}</text>`,
  );
  const ticks = x.ticks.map(
    (tick) => `<text class="tick" x="${px(toX(tick))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${plain(tick)}</text>`,
  );
  const lines = series.map(({ kind, name, points: own }) => {
    const path = own.map((point, index) => `${index === 0 ? "M" : "L"}${px(toX(point.x))} ${px(toY(point.y))}`).join("");
    const marks = hasMarks
      ? own.map((point) => `<circle class="${kind}" cx="${px(toX(point.x))}" cy="${px(toY(point.y))}" r="3.5"/>`).join("")
      : "";
    const last = own.at(-1);
    // Lines that lie over each other in one colour are told apart by their names.
    const label =
      hasMarks || last === undefined
        ? ""
        : `<text class="tick" x="${px(toX(last.x) + 4)}" y="${px(toY(last.y) + 4)}">${escape(name)}</text>`;
    return `<g><title>${escape(name)}</title><path class="line ${kind}" d="${path}"/>${marks}${label}</g>`;
  });
  const legend = series.map(({ kind, name }) => `<li class="${kind}">${escape(name)}</li>`).join("");
  return `<figure><figcaption>${escape(title)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${[...grid, ...ticks, ...lines].join("")}
<text class="label" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escape(xLabel)}</text>
<text class="label" x="14" y="${TOP + (HEIGHT - TOP - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 14 ${TOP + (HEIGHT - TOP - BOTTOM) / 2})">${escape(yLabel)}</text></svg>
<ul class="legend">${legend}</ul></figure>`;
}

export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function px(value: number): string {
  return value.toFixed(1);
}

function plain(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
