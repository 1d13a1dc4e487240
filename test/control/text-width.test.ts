import assert from "node:assert/strict";
import { test } from "node:test";
import { fittedTable, type Column } from "../../control/streamctl/fitted-table.ts";
import { table } from "../../control/streamctl/table.ts";
import { clip, textWidth, wrap } from "../../control/streamctl/text-width.ts";

for (const [text, columns] of [
  ["film.mp4", 8],
  ["\u001b[32mplaying\u001b[39m", 7],
  ["映画.mp4", 8],
  ["한국.mkv", 8],
  ["Ａ。ｱ", 5],
  ["e\u0301te\u0301.mp4", 7],
  ["🎬.mp4", 6],
  ["été…×", 5],
] as const)
  test(`${JSON.stringify(text)} takes ${columns} columns`, () => assert.equal(textWidth(text), columns));

test("what is too long keeps as many characters as fit before the …, and no half of one", () => {
  for (const [columns, clipped] of [
    [8, "映画.mp4"],
    [7, "映画.m…"],
    [4, "映…"],
    [3, "映…"],
    [2, "…"],
    [0, "…"],
  ] as const)
    assert.equal(clip("映画.mp4", columns), clipped);
  assert.equal(clip("\u001b[2mlong text\u001b[22m", 5), "long…");
});

test("columns are aligned by what is seen", () => {
  assert.equal(
    table(
      [
        ["映画", "1"],
        ["e\u0301t", "2"],
      ],
      { colour: false },
    ),
    "映画  1\ne\u0301t    2\n",
  );
});

test("a line that is too long for the terminal goes on below its text, and a path in it stays whole", () => {
  const line = "hall:  /srv/a/rather/long/path.mp4: is gone; check it";
  assert.equal(wrap(line, null, 7), line);
  assert.equal(wrap(line, 60, 7), line);
  assert.equal(wrap(line, 24, 7), "hall:\n       /srv/a/rather/long/path.mp4:\n       is gone; check it");
});

test("a table leaves out columns where the terminal is narrow, and cuts its last one first", () => {
  const columns: readonly Column<string>[] = [
    { title: "NAME", cell: () => "main", alignsLeft: true, droppedAt: 0 },
    { title: "GROUP", cell: () => "239.255.1.1", alignsLeft: true, droppedAt: 2 },
    { title: "SOURCE", cell: (source) => source, alignsLeft: true, droppedAt: 1, leastWidth: 6 },
  ];
  const lines = (width: number | null): string =>
    fittedTable(["film-of-the-evening.mp4"], columns, { colour: false, columns: width })[1] ?? "";
  assert.equal(lines(null), "main  239.255.1.1  film-of-the-evening.mp4");
  assert.equal(lines(30), "main  239.255.1.1  film-of-th…");
  assert.equal(lines(20), "main  film-of-the-e…");
  assert.equal(lines(8), "main");
  const first = columns.toReversed();
  assert.equal(fittedTable(["film-of-the-evening.mp4"], first, { colour: false, columns: 20 })[1], "film-of-the-e…  main");
});
