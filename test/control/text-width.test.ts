import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "../../control/streamctl/table.ts";
import { clip, textWidth } from "../../control/streamctl/text-width.ts";

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
