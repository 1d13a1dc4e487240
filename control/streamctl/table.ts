// PURE. Aligned text for people.
import { styleText } from "node:util";
import { oneLine } from "../untrusted-text.ts";
import { textWidth } from "./text-width.ts";

type Colour = "green" | "yellow" | "red" | "bold" | "dim";

/** A plain string, a number (aligned to the right by `alignRight`), or a text in a colour. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

export type Layout = { readonly colour: boolean; readonly rightAligned?: readonly number[] };

/** Rows whose columns are aligned, two spaces apart. Ends with a line end unless there are no rows. */
export function table(rows: readonly (readonly Cell[])[], layout: Layout): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, textWidth(plain(cell)));
  }
  return rows.map((row) => `${line(row, widths, layout)}\n`).join("");
}

function line(row: readonly Cell[], widths: readonly number[], { colour, rightAligned = [] }: Layout): string {
  const cells = row.map((cell, column) => {
    const padding = " ".repeat((widths[column] ?? 0) - textWidth(plain(cell)));
    const shown = colour && typeof cell !== "string" ? styleText(cell.colour, plain(cell), { validateStream: false }) : plain(cell);
    if (rightAligned.includes(column)) return padding + shown;
    return column === row.length - 1 ? shown : shown + padding;
  });
  return cells.join("  ");
}

function plain(cell: Cell): string {
  return oneLine(typeof cell === "string" ? cell : cell.text);
}

/** The header's row. */
export function header(...titles: readonly string[]): readonly Cell[] {
  return titles.map(styled("bold"));
}

export function styled(colour: Colour): (text: string) => Cell {
  return (text) => ({ text, colour });
}
