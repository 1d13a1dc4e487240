import assert from "node:assert/strict";
import { test } from "node:test";
import { ItemTrack } from "../../../daemon/channel/item-track.ts";
import type { ItemInfo } from "../../../daemon/source/messages.ts";

function item(itemIndex: number, timelineMs: number, durationMs: number | null = null): ItemInfo {
  return { generation: 1, itemIndex, name: `${itemIndex}.mp4`, timelineMs, durationMs, video: null, audio: null, cached: false };
}

test("the item that plays is the last one entered before that time", () => {
  const track = new ItemTrack();
  [item(0, 0), item(1, 1000), item(0, 3000)].forEach((one) => track.note(one));
  assert.deepEqual(
    [0, 999, 1000, 2999, 3000, 9999].map((timelineMs) => track.at(timelineMs)?.itemIndex),
    [0, 0, 1, 1, 0, 0],
  );
});

test("what becomes known better replaces what was known, also of an item before the last", () => {
  const track = new ItemTrack();
  [item(0, 0), item(1, 1000), item(0, 0, 1000)].forEach((one) => track.note(one));
  assert.equal(track.at(500)?.durationMs, 1000);
  assert.equal(track.at(1500)?.itemIndex, 1);
  assert.equal(track.latest?.itemIndex, 1);
});

test("a new source goes on in the item and at the position that belong to a time", () => {
  const track = new ItemTrack();
  [item(0, 0), item(1, 1000)].forEach((one) => track.note(one));
  assert.deepEqual(track.startAt(1250, 7), { generation: 7, itemIndex: 1, positionMs: 250, timelineMs: 1250 });
  assert.equal(new ItemTrack().startAt(1250, 7), null);
});

test("a thousand loops of a short film leave a bounded table", () => {
  const track = new ItemTrack();
  for (let loop = 0; loop < 1000; loop++) track.note(item(0, loop * 40));
  assert.equal(track.at(999 * 40)?.timelineMs, 999 * 40);
  assert.equal(track.at(0)?.timelineMs, (1000 - 64) * 40);
});
