import assert from "node:assert/strict";
import { test } from "node:test";
import { FramePacer } from "../../../daemon/pace/frame-pacer.ts";
import type { PacedFrame } from "../../../daemon/pace/frame-pacer.ts";

const EPOCH_MS = 1000;

function frame(timelineMs: number, sourceIntervalMs: number | null = 1000 / 24): PacedFrame {
  return { timelineMs, sourceIntervalMs, jpeg: new Uint8Array(), quality: 80, width: 500, height: 281 };
}

/** Plays `seconds` of a film in steps of `stepMs`, the queue kept at ten frames; returns due and timeline times of what was sent. */
function play(pacer: FramePacer, sourceFps: number, seconds: number, stepMs: number, onStep?: (nowMs: number) => void) {
  const sent: { dueMs: number; timelineMs: number; atMs: number }[] = [];
  let pushed = 0;
  for (let nowMs = EPOCH_MS; nowMs < EPOCH_MS + seconds * 1000; nowMs += stepMs) {
    while (pacer.queued < 10) pacer.push(frame((pushed++ * 1000) / sourceFps, 1000 / sourceFps));
    onStep?.(nowMs);
    for (let due = pacer.poll(nowMs, nowMs, EPOCH_MS); due.kind === "frame"; due = pacer.poll(nowMs, nowMs, EPOCH_MS)) {
      sent.push({ dueMs: due.dueMs, timelineMs: due.frame.timelineMs, atMs: nowMs });
    }
  }
  return sent;
}

test("at the source's own rate every frame is due at epoch + its timeline time", () => {
  const pacer = new FramePacer(null);
  const sent = play(pacer, 24, 60, 0.5);
  assert.equal(sent.length, 24 * 60);
  sent.forEach(({ dueMs, timelineMs }) => assert.equal(dueMs, EPOCH_MS + timelineMs));
  assert.equal(pacer.dropped, 0);
});

test("24 frames a second sent as 15, 10 and 7 are evenly spaced and the film keeps its speed", () => {
  for (const fps of [15, 10, 7]) {
    const pacer = new FramePacer(fps);
    pacer.restartTicks(EPOCH_MS);
    const sent = play(pacer, 24, 60, 0.5);
    assert.ok(Math.abs(sent.length - fps * 60) <= 1, `${sent.length} frames at ${fps}`);
    sent.forEach(({ dueMs, timelineMs }, index) => {
      const before = sent[index - 1];
      if (before !== undefined) assert.ok(Math.abs(dueMs - before.dueMs - 1000 / fps) < 1e-6);
      const ageMs = dueMs - EPOCH_MS - timelineMs;
      assert.ok(ageMs >= -1e-6 && ageMs < 1000 / 24 + 1e-6, `the picture is ${ageMs} ms old`);
    });
    assert.equal(pacer.dropped, 0);
  }
});

test("a new rate takes effect within one interval of the old and the new one", () => {
  const pacer = new FramePacer(null);
  const sent = play(pacer, 24, 10, 0.25, (nowMs) => {
    if (nowMs === EPOCH_MS + 5000) pacer.setFps(10, nowMs);
  });
  const after = sent.filter(({ dueMs }) => dueMs > EPOCH_MS + 5000);
  assert.ok((after[0]?.dueMs ?? 0) - (EPOCH_MS + 5000) <= 100);
  after.slice(1).forEach(({ dueMs }, index) => assert.ok(Math.abs(dueMs - (after[index]?.dueMs ?? 0) - 100) < 1e-6));
});

test("a rate above the source's changes nothing: the source's times stand", () => {
  const pacer = new FramePacer(60);
  const sent = play(pacer, 24, 5, 0.5);
  assert.equal(sent.length, 24 * 5);
  sent.forEach(({ dueMs, timelineMs }) => assert.equal(dueMs, EPOCH_MS + timelineMs));
});

test("after a wake-up that is seconds late the newest due frame goes out and the older ones are counted as dropped", () => {
  const pacer = new FramePacer(null);
  for (let index = 0; index < 10; index++) pacer.push(frame(index * 40, 40));
  const due = pacer.poll(EPOCH_MS + 205, EPOCH_MS + 205, EPOCH_MS);
  assert.deepEqual(due.kind === "frame" && due.frame.timelineMs, 200);
  assert.equal(pacer.dropped, 5);
  assert.deepEqual(pacer.poll(EPOCH_MS + 205, EPOCH_MS + 205, EPOCH_MS), { kind: "wait", untilMs: EPOCH_MS + 240 });
});

test("a wake-up that is late by less than an interval loses nothing and moves no later deadline", () => {
  const pacer = new FramePacer(null);
  for (let index = 0; index < 3; index++) pacer.push(frame(index * 40, 40));
  assert.equal(pacer.poll(EPOCH_MS + 39, EPOCH_MS + 39, EPOCH_MS).kind, "frame");
  assert.deepEqual(pacer.poll(EPOCH_MS + 39, EPOCH_MS + 39, EPOCH_MS), { kind: "wait", untilMs: EPOCH_MS + 40 });
  assert.equal(pacer.dropped, 0);
});

test("twelve hours at 10 of 23.976 frames a second: the ticks stay on the grid and lateness does not accumulate", () => {
  const fps = 10;
  const pacer = new FramePacer(fps);
  pacer.restartTicks(EPOCH_MS);
  const sourceFps = 24_000 / 1001;
  let pushed = 0;
  let nowMs = EPOCH_MS;
  let count = 0;
  const endMs = EPOCH_MS + 12 * 3600 * 1000;
  while (nowMs < endMs) {
    while (pacer.queued < 10) pacer.push(frame((pushed++ * 1000) / sourceFps, 1000 / sourceFps));
    const due = pacer.poll(nowMs, nowMs, EPOCH_MS);
    if (due.kind === "wait") {
      nowMs = due.untilMs + 0.3;
      continue;
    }
    assert.ok(Math.abs(due.dueMs - (EPOCH_MS + (count * 1000) / fps)) < 1e-3, `frame ${count} is due at ${due.dueMs}`);
    count++;
  }
  assert.equal(count, 12 * 3600 * fps);
  assert.equal(pacer.dropped, 0);
});

test("after a repetition nothing older than it is sent", () => {
  const pacer = new FramePacer(null);
  pacer.noteSent(EPOCH_MS + 100);
  pacer.push(frame(80));
  pacer.push(frame(120));
  assert.deepEqual(pacer.poll(EPOCH_MS + 110, EPOCH_MS + 110, EPOCH_MS), { kind: "wait", untilMs: EPOCH_MS + 120 });
  assert.equal(pacer.dropped, 1);
});

test("variable frame rate keeps its time stamps", () => {
  const pacer = new FramePacer(null);
  const times = [0, 10, 500, 501, 900];
  times.forEach((timelineMs) => pacer.push(frame(timelineMs, null)));
  const sent: number[] = [];
  for (let nowMs = EPOCH_MS; nowMs <= EPOCH_MS + 1000; nowMs += 0.5) {
    const due = pacer.poll(nowMs, nowMs, EPOCH_MS);
    if (due.kind === "frame") sent.push(due.dueMs - EPOCH_MS);
  }
  assert.deepEqual(sent, times);
});

test("what leaves the queue is counted, whatever became of it", () => {
  const pacer = new FramePacer(null);
  for (let index = 0; index < 6; index++) pacer.push(frame(index * 40, 40));
  pacer.poll(EPOCH_MS + 125, EPOCH_MS + 125, EPOCH_MS);
  assert.equal(pacer.removed, 4);
  pacer.clear();
  assert.equal(pacer.removed, 6);
});
