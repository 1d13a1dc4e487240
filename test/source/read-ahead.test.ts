import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { createReadAhead } from "../../daemon/source/read-ahead.ts";

function frame(timelineUs: number, bytes = 1000): SourceMessage {
  return { kind: "frame", generation: 1, timelineUs, quality: 80, isReduced: false, width: 1, height: 1, jpeg: new Uint8Array(bytes) };
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

function sound(timelineUs: number): SourceMessage {
  return { kind: "audio", generation: 1, timelineSample: timelineUs, pcm: new Uint8Array(4) };
}

/** A picture each 40 ms and a piece of sound each 20 ms, up to 4 s, of which the first 2 s are to stay; what waits is to be replaced from there. */
function replaced(): ReturnType<typeof createReadAhead> {
  const queue = createReadAhead({ maxMs: 6000, maxBytes: 1e9 });
  for (let ms = 0; ms < 4000; ms += 20) {
    if (ms % 40 === 0) queue.push(frame(ms * 1000, 10), ms * 1000);
    queue.push(sound(ms * 1000), ms * 1000);
  }
  assert.equal(queue.replaceAfter(1990), 2_000_000);
  return queue;
}

/** Takes what lies before a time; pictures are told by their sizes. */
function takeTo(
  queue: ReturnType<typeof createReadAhead>,
  endMs: number,
): { readonly old: number; readonly anew: number; readonly sounds: number } {
  let [old, anew, sounds, lastUs] = [0, 0, 0, 0];
  for (;;) {
    const message = queue.shift();
    if (message === null) break;
    if (message.kind === "audio") sounds++;
    else if (message.kind === "frame") {
      assert.ok(message.timelineUs > lastUs || lastUs === 0, "in order, each once");
      lastUs = message.timelineUs;
      if (message.jpeg.length === 10) old++;
      else anew++;
    }
    if (message.kind === "frame" && message.timelineUs >= endMs * 1000) break;
  }
  return { old, anew, sounds };
}

test("what is made anew in time takes the place of every picture behind those that stay, and sound goes on", () => {
  const queue = replaced();
  assert.equal(queue.lastPictureUs(), 1_960_000);
  assert.equal(queue.reachedUs(), 1_980_000);
  // A hair off, as where times are made by another sum.
  for (let ms = 2000; ms < 5000; ms += 40) queue.push(frame(ms * 1000 - 3, 20), ms * 1000 - 3);
  for (let ms = 2000; ms < 5000; ms += 20) queue.push(sound(ms * 1000), ms * 1000);
  const { old, anew, sounds } = takeTo(queue, 9000);
  assert.deepEqual([old, anew], [50, 75]);
  assert.ok(sounds >= 250 && sounds <= 262, `${sounds} pieces of sound`);
});

test("what is made anew too late leaves no gap: the former picture goes, and the new one of its time does not come behind it", () => {
  const queue = replaced();
  assert.deepEqual(takeTo(queue, 3000), { old: 76, anew: 0, sounds: 150 });
  assert.ok(queue.isLow(6000), "more is wanted");
  // It begins where it was asked for, and catches up.
  for (let ms = 2000; ms < 5000; ms += 40) queue.push(frame(ms * 1000 + 3, 20), ms * 1000 + 3);
  for (let ms = 2000; ms < 5000; ms += 20) queue.push(sound(ms * 1000), ms * 1000);
  const { old, anew } = takeTo(queue, 9000);
  assert.deepEqual([old, anew], [0, 49]);
});

test("another form may be wanted while the one before is still being made", () => {
  const queue = replaced();
  for (let ms = 2000; ms < 2400; ms += 40) queue.push(frame(ms * 1000, 20), ms * 1000);
  assert.equal(queue.replaceAfter(2190), 2_200_000);
  assert.equal(queue.lastPictureUs(), 2_160_000);
  for (let ms = 2200; ms < 5000; ms += 40) queue.push(frame(ms * 1000, 30), ms * 1000);
  assert.deepEqual(takeTo(queue, 9000), { old: 50, anew: 75, sounds: 200 });
});

test("what is replaced begins no earlier when another form is wanted at once, though what is told of an item lies behind its sound", () => {
  const queue = createReadAhead({ maxMs: 6000, maxBytes: 1e9 });
  queue.push({ kind: "item-error", generation: 1, itemIndex: 0, message: "", fatal: false }, 201_000);
  queue.push(sound(200_000), 200_000);
  for (let ms = 240; ms < 4000; ms += 40) queue.push(frame(ms * 1000), ms * 1000);
  const fromUs = queue.replaceAfter(1000);
  assert.equal(fromUs, 1_200_000);
  assert.equal(queue.replaceAfter(1000), fromUs);
});

test("what is to be replaced takes no room from what replaces it", () => {
  const queue = createReadAhead({ maxMs: 6000, maxBytes: 1000 });
  for (let ms = 0; ms < 4000; ms += 40) queue.push(frame(ms * 1000, 10), ms * 1000);
  assert.ok(queue.isFull(6000));
  queue.replaceAfter(1000);
  assert.ok(queue.isLow(6000));
  for (let ms = 1000; ms < 4000; ms += 40) queue.push(frame(ms * 1000, 20), ms * 1000);
  assert.ok(queue.isFull(6000));
});

test("a seek forgets what was to be replaced as well", () => {
  const queue = replaced();
  queue.clear();
  assert.equal(queue.shift(), null);
  queue.push(frame(0), 0);
  queue.push(sound(0), 0);
  assert.deepEqual([queue.shift()?.kind, queue.shift()?.kind, queue.shift()], ["frame", "audio", null]);
});
