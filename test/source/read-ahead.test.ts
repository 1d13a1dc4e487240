import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { createReadAhead } from "../../daemon/source/read-ahead.ts";

function frame(timelineUs: number, bytes = 1000): SourceMessage {
  return { kind: "frame", generation: 1, timelineUs, quality: 80, width: 1, height: 1, jpeg: new Uint8Array(bytes) };
}

test("messages leave in the order in which they came, also past many hundreds", () => {
  const queue = createReadAhead({ maxMs: 1e9, maxBytes: 1e9 });
  for (let index = 0; index < 1000; index++) queue.push(frame(index), index);
  for (let index = 0; index < 1000; index++) {
    const message = queue.shift();
    assert.ok(message?.kind === "frame" && message.timelineUs === index);
  }
  assert.equal(queue.shift(), null);
});

test("it is low below half of what it may hold, and full with all of it, in time or in bytes", () => {
  const queue = createReadAhead({ maxMs: 3000, maxBytes: 10_000 });
  assert.ok(queue.isLow(3000));
  queue.push(frame(0), 0);
  queue.push(frame(1_400_000), 1_400_000);
  assert.ok(queue.isLow(3000) && !queue.isLow(2000) && queue.isLow(9000));
  queue.push(frame(1_500_000), 1_500_000);
  assert.ok(!queue.isLow(3000) && !queue.isLow(9000));
  assert.ok(!queue.isFull(3000) && queue.isFull(1500));
  queue.push(frame(3_000_000), 3_000_000);
  assert.ok(queue.isFull(3000) && queue.isFull(9000));
  while (queue.shift() !== null);
  queue.push(frame(4_000_000, 5000), 4_000_000);
  assert.ok(!queue.isLow(3000) && !queue.isFull(3000));
  queue.push(frame(4_000_000, 5000), 4_000_000);
  assert.ok(queue.isFull(3000));
});

test("what came in since a moment is told in media time, and all of it after a clear", () => {
  const queue = createReadAhead({ maxMs: 3000, maxBytes: 10_000 });
  assert.equal(queue.cameMs(null), 0);
  queue.push(frame(500_000), 500_000);
  queue.push(frame(900_000), 900_000);
  const fromUs = queue.reachedUs();
  assert.equal(queue.cameMs(null), 400);
  queue.push(frame(1_700_000), 1_700_000);
  assert.equal(queue.cameMs(fromUs), 800);
  queue.shift();
  assert.equal(queue.cameMs(fromUs), 800);
  queue.clear();
  assert.equal(queue.cameMs(fromUs), 0);
});

test("a clear leaves nothing, a skip leaves sound and what is not too early", () => {
  const queue = createReadAhead({ maxMs: 1e9, maxBytes: 1e9 });
  const sound: SourceMessage = { kind: "audio", generation: 1, timelineSample: 0, pcm: new Uint8Array(4) };
  queue.push(frame(0), 0);
  queue.push(sound, 0);
  queue.push(frame(40), 40);
  queue.dropPicturesBefore(40);
  assert.equal(queue.shift(), sound);
  assert.equal(queue.shift()?.kind, "frame");
  queue.push(sound, 0);
  queue.clear();
  assert.equal(queue.shift(), null);
  assert.equal(queue.reachedUs(), null);
});
