/** Headlines → an SVG of bars, a block for each figure, its bars to the scale of its longest; in a light and a dark form. Pure. */

import { PALETTES, svgOpening } from "./chart-style.ts";
import type { ChartTheme } from "./chart-style.ts";
import { namesIn } from "./headlines.ts";
import type { Headline } from "./headlines.ts";

const WIDTH = 760;
const COLUMNS = 2;
const COLUMN_WIDTH = WIDTH / COLUMNS;
const NAME_WIDTH = 116;
/** For the figure behind a bar. */
const FIGURE_WIDTH = 64;
const BAR_HEIGHT = 14;
const LINE_HEIGHT = 20;
const TITLE_HEIGHT = 26;
/** Between two blocks. */
const GAP = 16;

export function drawChart(headlines: readonly Headline[], theme: ChartTheme): string {
  const { ink, faint, bars } = PALETTES[theme];
  const names = namesIn(headlines);
  const blockHeight = TITLE_HEIGHT + names.length * LINE_HEIGHT + GAP;
  const height = Math.ceil(headlines.length / COLUMNS) * blockHeight;
  const blocks = headlines.map((headline, index) => {
    const [x, y] = [(index % COLUMNS) * COLUMN_WIDTH, Math.floor(index / COLUMNS) * blockHeight];
    const most = Math.max(...names.map((name) => headline.values[name]?.median ?? 0));
    const title = `<text x="0" y="16" fill="${ink}" font-weight="600">${headline.label}${headline.isMoreBetter ? " (more is better)" : ""}</text>`;
    const lines = names.map((name, line) => {
      const median = headline.values[name]?.median;
      const top = TITLE_HEIGHT + line * LINE_HEIGHT;
      const label = `<text x="0" y="${top + 11}" fill="${faint}">${name}</text>`;
      if (median === undefined || Number.isNaN(median)) return `${label}<text x="${NAME_WIDTH}" y="${top + 11}" fill="${faint}">–</text>`;
      const length = Math.max(2, (median / most) * (COLUMN_WIDTH - NAME_WIDTH - FIGURE_WIDTH));
      const bar = `<rect x="${NAME_WIDTH}" y="${top}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${bars[name]}"/>`;
      const figure = `<text x="${(NAME_WIDTH + length + 6).toFixed(1)}" y="${top + 11}" fill="${ink}">${median.toFixed(headline.digits)}</text>`;
      return label + bar + figure;
    });
    return `<g transform="translate(${x} ${y})">${title}${lines.join("")}</g>`;
  });
  return `${svgOpening(WIDTH, height, "streamerd beside ffmpeg and GStreamer")}\n${blocks.join("\n")}\n</svg>\n`;
}
