/** A soak's rows → an SVG with a curve for each of its figures over time, one above the other; in a light and a dark form. Pure. */

import { niceRange } from "../receiver/measure/nice-range.ts";
import type { Metric } from "./bench.ts";
import { PALETTES, svgOpening } from "./chart-style.ts";
import type { ChartTheme } from "./chart-style.ts";

const WIDTH = 760;
const [LEFT, RIGHT] = [48, 12];
const TITLE_HEIGHT = 28;
const PLOT_HEIGHT = 110;
/** For the minutes below each. */
const FOOT_HEIGHT = 34;
const BLOCK_HEIGHT = TITLE_HEIGHT + PLOT_HEIGHT + FOOT_HEIGHT;

/** `minutes`: when each value was taken. `value` is NaN where there is none: the curve has a gap there. */
export type Curve = { readonly metric: Metric; readonly points: readonly { readonly minutes: number; readonly value: number }[] };

export function drawCurves(curves: readonly Curve[], theme: ChartTheme): string {
  const blocks = curves.map((curve, index) => `<g transform="translate(0 ${index * BLOCK_HEIGHT})">${drawCurve(curve, theme)}</g>`);
  const label = `streamerd over time: ${curves.map(({ metric }) => metric.label).join("; ")}`;
  return `${svgOpening(WIDTH, curves.length * BLOCK_HEIGHT, label)}\n${blocks.join("\n")}\n</svg>\n`;
}

function drawCurve({ metric, points }: Curve, theme: ChartTheme): string {
  const { ink, faint, bars } = PALETTES[theme];
  const known = points.filter(({ value }) => !Number.isNaN(value));
  const x = niceRange([0, ...points.map(({ minutes }) => minutes)]);
  const y = niceRange([0, ...known.map(({ value }) => value)]);
  const bottom = TITLE_HEIGHT + PLOT_HEIGHT;
  const toX = (minutes: number): string => (LEFT + ((minutes - x.from) / (x.to - x.from)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const toY = (value: number): string => (bottom - ((value - y.from) / (y.to - y.from)) * PLOT_HEIGHT).toFixed(1);
  const title = `<text x="0" y="16" fill="${ink}" font-weight="600">${metric.label}</text>`;
  const grid = y.ticks.map(
    (tick) =>
      `<path d="M${LEFT} ${toY(tick)}H${WIDTH - RIGHT}" stroke="${faint}" stroke-opacity="0.25"/>` +
      `<text x="${LEFT - 8}" y="${toY(tick)}" dy="4" fill="${faint}" text-anchor="end">${plain(tick)}</text>`,
  );
  const times = x.ticks.map(
    (tick, index) =>
      `<text x="${toX(tick)}" y="${bottom + 18}" fill="${faint}" text-anchor="middle">${plain(tick)}${index === 0 ? " min" : ""}</text>`,
  );
  let isDrawing = false;
  const path = points.map(({ minutes, value }) => {
    if (Number.isNaN(value)) {
      isDrawing = false;
      return "";
    }
    const step = `${isDrawing ? "L" : "M"}${toX(minutes)} ${toY(value)}`;
    isDrawing = true;
    return step;
  });
  const line = `<path d="${path.join("")}" fill="none" stroke="${bars.streamerd}" stroke-width="1.5" stroke-linejoin="round"/>`;
  return [title, ...grid, ...times, line].join("");
}

function plain(value: number): string {
  return String(Number(value.toFixed(3)));
}
