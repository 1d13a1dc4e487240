// PURE. A table of as many columns as fit a terminal, those that matter most.
import { styled, table, type Cell } from "./table.ts";
import { clip, textWidth } from "./text-width.ts";

export type Column<Row> = {
  readonly title: string;
  readonly cell: (row: Row) => Cell;
  readonly alignsLeft?: true;
  /** Left out first, the higher the number, where there is no room. */
  readonly droppedAt: number;
  /** For one column of plain text: it is cut with … down to this width before any column is left out for it. */
  readonly leastWidth?: number;
};

/** What is written on. `columns`: a terminal's width; null: a pipe or a file, which takes all. */
export type Paper = { readonly colour: boolean; readonly columns: number | null };

/** Its lines, the titles first. */
export function fittedTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], paper: Paper): readonly string[] {
  const room = paper.columns ?? Number.POSITIVE_INFINITY;
  let shown = columns;
  while (shown.length > 1 && leastWidthOf(rows, shown) > room) {
    const last = Math.max(...shown.map(({ droppedAt }) => droppedAt));
    const others = shown.filter(({ droppedAt }) => droppedAt !== last);
    const [first] = others;
    // What a name is said of is worth more than the whole of the name.
    if (others.length === 1 && first !== undefined && widthOf(rows, shown, LEAST_NAME, first) <= room) {
      shown = shown.map((column) => (column === first ? { ...column, leastWidth: LEAST_NAME } : column));
      break;
    }
    shown = others;
  }
  const others = shown.filter(({ leastWidth }) => leastWidth === undefined);
  return render(rows, shown, paper.colour, room - widthOf(rows, others) - GAP);
}

/** The first column is cut down to this width before it stands alone. */
const LEAST_NAME = 12;
/** Between two columns. */
const GAP = 2;

function leastWidthOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number {
  const cuttable = columns.find(({ leastWidth }) => leastWidth !== undefined);
  return widthOf(rows, columns, cuttable?.leastWidth, cuttable);
}

function widthOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[], cutAt?: number, cuttable?: Column<Row>): number {
  return Math.max(...render(rows, columns, false, cutAt, cuttable).map(textWidth));
}

/** `cutAt`: the width of the column that may be cut. */
function render<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  colour: boolean,
  cutAt?: number,
  cuttable: Column<Row> | undefined = columns.find(({ leastWidth }) => leastWidth !== undefined),
): readonly string[] {
  const cut = (cell: Cell, column: Column<Row>): Cell =>
    cutAt !== undefined && column === cuttable && typeof cell === "string" ? clip(cell, cutAt) : cell;
  const cells = [
    columns.map(({ title }) => styled("bold")(title)),
    ...rows.map((row) => columns.map((column) => cut(column.cell(row), column))),
  ];
  const rightAligned = columns.flatMap(({ alignsLeft }, index) => (alignsLeft === true ? [] : [index]));
  return table(cells, { colour, rightAligned }).trimEnd().split("\n");
}
