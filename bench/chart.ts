/** Headlines → an SVG of bars, a block for each figure, its bars to the scale of its longest; in a light and a dark form. Pure. */

import { namesIn } from "./headlines.ts";
import type { Headline, Name } from "./headlines.ts";

type Palette = { readonly ink: string; readonly faint: string; readonly bars: Readonly<Record<Name, string>> };

/** On GitHub's white and on its dark grey; ours stands out, the others differ in lightness as well as in colour. */
const PALETTES = {
  light: {
    ink: "#1f2328",
    faint: "#59636e",
    bars: { streamerd: "#0969da", ffmpeg: "#8c959f", GStreamer: "#c2c8ce", "streamerd, cached": "#54aeff" },
  },
  dark: {
    ink: "#f0f6fc",
    faint: "#9198a1",
    bars: { streamerd: "#4493f8", ffmpeg: "#7d8590", GStreamer: "#484f58", "streamerd, cached": "#1f6feb" },
  },
} as const satisfies Record<string, Palette>;

export type ChartTheme = keyof typeof PALETTES;

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
  const font = `font-family="system-ui, sans-serif" font-size="12"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ${font}`;
  return `${open} role="img" aria-label="streamerd beside ffmpeg and GStreamer">\n${blocks.join("\n")}\n</svg>\n`;
}
