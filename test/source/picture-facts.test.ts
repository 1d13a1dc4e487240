import assert from "node:assert/strict";
import { test } from "node:test";
import { PictureFacts } from "../../daemon/source/live/picture-facts.ts";

const SIZE = { width: 320, height: 240 };
const FACTS = { codec: "mjpeg", ...SIZE, fps: 25, frameCount: null };

test("a stream that is what it said has nothing to tell, though its pictures jitter and some are lost", () => {
  const facts = new PictureFacts(FACTS);
  for (let index = 0; index < 200; index++) {
    if (index % 7 !== 3) assert.equal(facts.note(index * 40_000 + (index % 5) * 1500, SIZE), null);
  }
});

test("another rate is told once, soon; so is one that was not known", () => {
  for (const fps of [25, null]) {
    const facts = new PictureFacts({ ...FACTS, fps });
    const told = Array.from({ length: 60 }, (_, index) => facts.note(index * 100_300, SIZE)).filter((news) => news !== null);
    assert.deepEqual(told, [{ ...FACTS, fps: 10 }]);
  }
});

test("another size is told at once", () => {
  const facts = new PictureFacts({ ...FACTS, width: 0, height: 0 });
  assert.deepEqual(facts.note(0, SIZE), FACTS);
  assert.equal(facts.note(40_000, SIZE), null);
});
