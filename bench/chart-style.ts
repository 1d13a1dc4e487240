/** What the charts of the documentation have in common: colours for GitHub's two themes, and the letters. Pure. */

import type { Name } from "./headlines.ts";

type Palette = { readonly ink: string; readonly faint: string; readonly bars: Readonly<Record<Name, string>> };

/** On GitHub's white and on its dark grey; ours stands out, the others differ in lightness as well as in colour. */
export const PALETTES = {
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

/** `width`, `height`: pixels. `label`: for who does not see it. */
export function svgOpening(width: number, height: number, label: string): string {
  const font = `font-family="system-ui, sans-serif" font-size="12"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${font} role="img" aria-label="${label}">`;
}
