import assert from "node:assert/strict";
import { test } from "node:test";
import { SilenceWatch } from "../../receiver/silence-watch.ts";

const WATCH_MS = 250;

/** What is to be done about a stream that comes until `lastPacketMs`, by the time at which it is. */
function acts(watch: SilenceWatch, lastPacketMs: number, toMs: number): readonly (readonly [atMs: number, what: string])[] {
  const all: [number, string][] = [];
  for (let atMs = 0; atMs <= toMs; atMs += WATCH_MS) {
    const act = watch.poll(Math.min(lastPacketMs, atMs), atMs);
    if (act?.renew === true) all.push([atMs, "renew"]);
    if (act?.findWay === true) all.push([atMs, "find-way"]);
  }
  return all;
}

const first = (all: ReturnType<typeof acts>, what: string): number => all.find(([, act]) => act === what)?.[0] ?? Number.NaN;

test("a group from which nothing has come is given up after two seconds", () => {
  const all = acts(new SilenceWatch(0, false), -Infinity, 9000);
  assert.deepEqual(all[0], [2000, "find-way"]);
  assert.ok(all.every(([, act]) => act === "find-way"));
});

test("a stream that came and stopped is asked for again before another way is looked for", () => {
  const all = acts(new SilenceWatch(0, false), 1000, 10_000);
  assert.deepEqual(all[0], [3000, "renew"]);
  assert.equal(first(all, "find-way"), 9000);
});

test("after an outage the group that had carried the stream is asked for again, though the session is new", () => {
  const all = acts(new SilenceWatch(0, true), -Infinity, 10_000);
  assert.deepEqual(all[0], [2000, "renew"]);
  assert.equal(first(all, "find-way"), 8000);
});

test("whoever has no other way goes on asking for the group, now and then", () => {
  for (const hasCome of [false, true]) {
    const renewed = acts(new SilenceWatch(0, hasCome), -Infinity, 120_000).filter(([atMs, act]) => act === "renew" && atMs > 10_000);
    assert.ok(renewed.length >= 9 && renewed.length <= 12, `${renewed.length} times`);
  }
});

test("a channel that begins to be sent after a long time is given two seconds to come before another way is looked for", () => {
  const watch = new SilenceWatch(0, true);
  const found: number[] = [];
  for (let atMs = 0; atMs <= 70_000; atMs += WATCH_MS) {
    const act = watch.poll(-Infinity, atMs);
    if (act === null) continue;
    if (act.findWay) found.push(atMs);
    watch.noteSent(atMs >= 60_000, atMs);
  }
  assert.deepEqual(found, [62_000, 64_000, 66_000, 68_000, 70_000]);
});

test("whoever stood still has heard nothing meanwhile: the stream is given its time to come", () => {
  const watch = new SilenceWatch(0, false);
  for (let atMs = 0; atMs <= 1000; atMs += WATCH_MS) assert.equal(watch.poll(atMs, atMs), null);
  const acts: (readonly [number, boolean])[] = [];
  for (let atMs = 61_000; atMs <= 70_000; atMs += WATCH_MS) {
    const act = watch.poll(1000, atMs);
    if (act !== null) acts.push([atMs, act.findWay]);
  }
  assert.deepEqual(acts[0], [63_000, false]);
  assert.equal(acts.find(([, findWay]) => findWay)?.[0], 69_000);
});
