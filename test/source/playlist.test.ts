import assert from "node:assert/strict";
import { test } from "node:test";
import { type Place, placeAfter, placeOfStart, skipKnownItems } from "../../daemon/source/playlist.ts";
import { sampleAt } from "../../daemon/source/sound-track.ts";

test("a start names the timeline of its position, not of its item", () => {
  assert.deepEqual(placeOfStart({ generation: 1, itemIndex: 2, positionMs: 300, timelineMs: 1000 }), {
    itemIndex: 2,
    itemStartUs: 700_000,
    positionUs: 300_000,
  });
});

test("the item after the last one is the first, or none", () => {
  const last: Place = { itemIndex: 1, itemStartUs: 10, positionUs: 0 };
  assert.deepEqual(placeAfter(last, 90, 2, true), { itemIndex: 0, itemStartUs: 100, positionUs: 0 });
  assert.equal(placeAfter(last, 90, 2, false), null);
});

test("known items before the position are walked over at once", () => {
  const periods = new Map([
    [0, 1000],
    [1, 500],
  ]);
  const from = { itemIndex: 0, itemStartUs: 0, positionUs: 3_000_000_000 * 1500 + 1200 };
  assert.deepEqual(skipKnownItems(from, periods, 2, true), { itemIndex: 1, itemStartUs: 3_000_000_000 * 1500 + 1000, positionUs: 200 });
  assert.equal(skipKnownItems(from, periods, 2, false), null);
  assert.deepEqual(skipKnownItems(from, new Map([[1, 500]]), 2, true), from);
});

test("items that cannot be played do not make the walk endless", () => {
  const from = { itemIndex: 0, itemStartUs: 0, positionUs: 9000 };
  assert.deepEqual(
    skipKnownItems(
      from,
      new Map([
        [0, 0],
        [1, 0],
      ]),
      2,
      true,
    ),
    from,
  );
});

test("over ten thousand loops of an odd period, sound and picture stay within half a sample", () => {
  const periodUs = (10 * 1001 * 1e6) / 30_000;
  let place: Place | null = { itemIndex: 0, itemStartUs: 0, positionUs: 0 };
  for (let pass = 0; pass < 10_000 && place !== null; pass++) {
    assert.ok(Math.abs(place.itemStartUs - pass * periodUs) < 0.01);
    const soundUs = (sampleAt(place.itemStartUs, 44_100) * 1e6) / 44_100;
    assert.ok(Math.abs(soundUs - place.itemStartUs) <= 0.5e6 / 44_100 + 0.01);
    place = placeAfter(place, periodUs, 1, true);
  }
});
