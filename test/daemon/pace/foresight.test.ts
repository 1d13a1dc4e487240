import assert from "node:assert/strict";
import { test } from "node:test";
import { Foresight } from "../../../daemon/pace/foresight.ts";

const BLOCK_MS = 8;

function begin(): Foresight {
  const foresight = new Foresight();
  foresight.restart(1000);
  return foresight;
}

test("of a place that begins nothing is known, whichever of picture and sound comes first", () => {
  const foresight = begin();
  assert.equal(foresight.knownTimelineMs(1000, BLOCK_MS), -Infinity);
  foresight.notePicture(400, 1000);
  assert.equal(foresight.knownTimelineMs(1001, BLOCK_MS), -Infinity);
});

test("everything is known up to the last picture, or to the last whole block of sound, whichever is earlier", () => {
  const foresight = begin();
  foresight.notePicture(400, 1000);
  foresight.noteSound(500, 1000);
  assert.equal(foresight.knownTimelineMs(1001, BLOCK_MS), 400);
  foresight.notePicture(800, 1002);
  assert.equal(foresight.knownTimelineMs(1003, BLOCK_MS), 492);
});

test("a film without sound, and sound without a film, wait for nobody after a second", () => {
  const silent = begin();
  silent.notePicture(400, 2500);
  assert.equal(silent.knownTimelineMs(2501, BLOCK_MS), 400);
  const radio = begin();
  radio.noteSound(500, 2500);
  assert.equal(radio.knownTimelineMs(2501, BLOCK_MS), 492);
});

test("a source from which nothing comes any more is not foreseen", () => {
  const foresight = begin();
  foresight.notePicture(400, 1000);
  foresight.noteSound(500, 1000);
  assert.equal(foresight.knownTimelineMs(2500, BLOCK_MS), -Infinity);
});

test("what was known of a place is forgotten with the next", () => {
  const foresight = begin();
  foresight.notePicture(400, 1000);
  foresight.noteSound(500, 1000);
  foresight.restart(1010);
  assert.equal(foresight.knownTimelineMs(1011, BLOCK_MS), -Infinity);
});
