import assert from "node:assert/strict";
import { test } from "node:test";
import { PictureEnd } from "../../receiver/reassemble/picture-end.ts";

/** A picture's packets come at these times by themselves, the last with the marker. */
function come(end: PictureEnd, rtpTs: number, timesMs: readonly number[], isWhole = true): void {
  for (const [index, atMs] of timesMs.entries()) {
    const isLast = isWhole && index === timesMs.length - 1;
    end.note({ rtpTs, isLast, isNewest: true, isAnswer: false }, atMs);
  }
}

test("the end of a picture is overdue some milliseconds after the longest that pictures took lately, and once", () => {
  const end = new PictureEnd();
  come(end, 1, [0, 10, 30]);
  come(end, 2, [500, 505, 520]);
  assert.equal(end.overdueMs, Infinity, "it has come");
  come(end, 3, [1000, 1010], false);
  assert.deepEqual([end.overdueMs, end.beganMs, end.isNewestAnswer], [1035, 1000, false]);
  end.noteTold();
  assert.equal(end.overdueMs, Infinity);
});

test("nothing is known of the first picture, nor by it: it may have been under way when we joined", () => {
  const end = new PictureEnd();
  come(end, 1, [0]);
  come(end, 2, [500, 510], false);
  assert.equal(end.overdueMs, Infinity);
  come(end, 2, [530]);
  come(end, 3, [1000], false);
  assert.equal(end.overdueMs, 1035);
});

test("nothing is known of a source whose pictures have no ends", () => {
  const end = new PictureEnd();
  for (const rtpTs of [1, 2, 3]) {
    come(end, rtpTs, [rtpTs * 500, rtpTs * 500 + 20], false);
    assert.equal(end.overdueMs, Infinity);
  }
});

test("an answer without the marker shows that the next one is overdue, too; with the marker, or a new picture, nothing is", () => {
  const end = new PictureEnd();
  come(end, 0, [-500]);
  come(end, 1, [0, 30]);
  come(end, 2, [500, 510], false);
  end.noteTold();
  end.note({ rtpTs: 2, isLast: false, isNewest: true, isAnswer: true }, 540);
  assert.deepEqual([end.overdueMs, end.isNewestAnswer], [535, true]);
  end.note({ rtpTs: 2, isLast: true, isNewest: true, isAnswer: true }, 545);
  assert.equal(end.overdueMs, Infinity);
  end.note({ rtpTs: 2, isLast: false, isNewest: false, isAnswer: true }, 550);
  assert.equal(end.overdueMs, Infinity, "what is missing before the end is known to be");
});

test("what comes later than was learned, be it a duplicate of an answer, is learned; and forgotten after some seconds", () => {
  const end = new PictureEnd();
  const overdueAfterMs = (rtpTs: number, atMs: number): number => {
    come(end, rtpTs, [atMs], false);
    return end.overdueMs - atMs;
  };
  come(end, 0, [-500]);
  come(end, 1, [0, 10]);
  assert.equal(overdueAfterMs(2, 500), 15);
  end.note({ rtpTs: 2, isLast: true, isNewest: true, isAnswer: true }, 520);
  end.note({ rtpTs: 2, isLast: true, isNewest: false, isAnswer: false }, 530);
  assert.deepEqual([overdueAfterMs(3, 1000), overdueAfterMs(4, 6000), overdueAfterMs(5, 12_000)], [35, 35, 5]);
});
