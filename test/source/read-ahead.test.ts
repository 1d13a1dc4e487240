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

test("a batch is over after a second of media, or when a limit is reached; the next begins below half of it", () => {
  const queue = createReadAhead({ maxMs: 3000, maxBytes: 10_000 });
  assert.ok(queue.isLow());
  queue.push(frame(0), 0);
  queue.push(frame(900_000), 900_000);
  assert.ok(!queue.isBatchDone(null));
  queue.push(frame(1_000_000), 1_000_000);
  assert.ok(queue.isBatchDone(null));
  assert.ok(queue.isLow());
  assert.ok(!queue.isBatchDone(queue.reachedUs()));
  queue.push(frame(1_700_000), 1_700_000);
  assert.ok(!queue.isLow());
  for (let at = 0; at < 6; at++) queue.push(frame(1_700_000), 1_700_000);
  assert.ok(queue.isBatchDone(queue.reachedUs()));
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
