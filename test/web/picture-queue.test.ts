import assert from "node:assert/strict";
import { test } from "node:test";
import { PictureQueue } from "../../web/picture-queue.js";

type Waiting = { readonly showAtMs: number; decoded: { close(): void } | null; isDecoding: boolean };

const closed: number[] = [];
const picture = (showAtMs: number): Waiting => ({ showAtMs, decoded: null, isDecoding: false });
const decoded = (showAtMs: number): Waiting => ({ ...picture(showAtMs), decoded: { close: () => void closed.push(showAtMs) } });

function queueOf(...pictures: readonly Waiting[]): PictureQueue<{ close(): void }, Waiting> {
  closed.length = 0;
  const queue = new PictureQueue<{ close(): void }, Waiting>();
  for (const one of pictures) queue.push(one);
  return queue;
}

test("a picture is shown when it is due, and not before", () => {
  const queue = queueOf(decoded(100), decoded(140));
  assert.equal(queue.takeDue(99), null);
  assert.equal(queue.takeDue(100)?.showAtMs, 100);
  assert.equal(queue.takeDue(100), null);
  assert.equal(queue.takeDue(140)?.showAtMs, 140);
  assert.equal(queue.overtaken, 0);
});

test("the newest that is due is shown; those before it are overtaken, and their memory goes", () => {
  const queue = queueOf(decoded(180), decoded(100), picture(140), decoded(220));
  assert.equal(queue.takeDue(200)?.showAtMs, 180);
  assert.deepEqual([closed, queue.overtaken], [[100], 2]);
});

test("a picture that is not decoded in time does not keep the one before it from being shown", () => {
  assert.equal(queueOf(decoded(100), picture(140)).takeDue(150)?.showAtMs, 100);
});

test("the next ones in time are decoded first, a few at a time", () => {
  const pictures = [100, 140, 180, 220, 260].map(picture);
  const queue = queueOf(...pictures);
  const order: (number | null)[] = [];
  for (let next = queue.nextToDecode(0); next !== null; next = queue.nextToDecode(0)) {
    order.push(next.showAtMs);
    next.isDecoding = true;
  }
  assert.deepEqual(order, [100, 140, 180, 220]);
});

test("of those that are late already only the newest is decoded", () => {
  assert.equal(queueOf(picture(100), picture(140), picture(180)).nextToDecode(150)?.showAtMs, 140);
});

test("it holds so many and no more", () => {
  const queue = queueOf(...Array.from({ length: 100 }, (_, index) => decoded(index)));
  assert.deepEqual([closed.length, queue.overtaken], [36, 36]);
});
