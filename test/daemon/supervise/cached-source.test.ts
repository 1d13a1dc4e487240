import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CachedSource, openFromCache } from "../../../daemon/supervise/cached-source.ts";
import { Frontier } from "../../../daemon/supervise/frontier.ts";
import type { Source } from "../../../daemon/supervise/source-process.ts";
import type { OpenCommand, SourceMessage, SourceStart } from "../../../daemon/source/messages.ts";
import { waitFor } from "../../e2e/wait.ts";
import { BIG, cachedOf, mediaOf, playOnce, startAt, startRun } from "../../source/cache-run.ts";
import { at, long, newCache, odd, silent, song } from "../../source/cached-films.ts";
import { openCommand, STEREO } from "../../source/run-source.ts";

type Played = {
  readonly source: Source;
  readonly messages: SourceMessage[];
  readonly leaving: SourceStart[];
  /** Where a process is to go on; null while it plays. */
  readonly left: () => SourceStart | null;
  readonly ended: () => string | null;
};

/** `isWanted`: false once so much has come that it is not to be read any more. */
async function play(open: OpenCommand, isWanted: (messages: readonly SourceMessage[]) => boolean = () => true): Promise<Played> {
  const opened = (await openFromCache(open, 0)) ?? assert.fail("it is not in the cache");
  const messages: SourceMessage[] = [];
  const leaving: SourceStart[] = [];
  let left: SourceStart | null = null;
  let ended: string | null = null;
  const source = new CachedSource(open, opened, {
    onMessage: (message) => {
      messages.push(message);
      if (!isWanted(messages)) source.setReading(false);
    },
    onLog: (line) => assert.fail(line),
    onLeaving: (next) => void leaving.push(next),
    onLeft: (next) => (left = next),
    onExit: (reason) => (ended = reason),
  });
  return { source, messages, leaving, left: () => left, ended: () => ended };
}

const isOver = ({ messages }: Played): boolean => messages.at(-1)?.kind === "end";
const framesOf = (messages: readonly SourceMessage[]) => messages.flatMap((message) => (message.kind === "frame" ? [message] : []));
const soundOf = (messages: readonly SourceMessage[]) => messages.flatMap((message) => (message.kind === "audio" ? [message] : []));

/** First and last sample of each unbroken stretch of stereo sound. */
function stretches(messages: readonly SourceMessage[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const { timelineSample, pcm } of soundOf(messages)) {
    const last = found.at(-1);
    const end = timelineSample + pcm.length / 4;
    if (last?.[1] === timelineSample) last[1] = end;
    else found.push([timelineSample, end]);
  }
  return found;
}

for (const [name, film, changes] of [
  ["with a period of no whole sample", odd, {}],
  ["of some seconds", long, {}],
  ["without sound", silent, {}],
  ["without a picture", song, {}],
  ["of a channel without sound", long, { format: { ...STEREO, audio: null } }],
  ["in mono at another rate", odd, { format: { ...STEREO, audio: { sampleRateHz: 32_000, channels: 1 as const } } }],
] as const) {
  test(`the daemon reads a film ${name} from the cache as a source process gives it`, async () => {
    const dir = newCache();
    await playOnce([film], dir, changes);
    const expected = await playOnce([film], dir, changes);
    const played = await play(openCommand([film], { ...changes, cache: { dir, maxBytes: BIG } }));
    await waitFor("the end", () => isOver(played));
    assert.deepEqual(mediaOf(played.messages), mediaOf(expected.messages));
    assert.deepEqual(cachedOf(played.messages), [true]);
    played.source.kill();
    assert.deepEqual([played.left(), played.ended()], [null, "was ended by us"]);
  });
}

test("passes of a playlist follow each other without a gap, and a seek goes to the other film", async () => {
  const dir = newCache();
  await playOnce([odd, long], dir);
  const cache = { dir, maxBytes: BIG };
  const passes = (messages: readonly SourceMessage[]): number => messages.filter(({ kind }) => kind === "item").length;
  const expected = startRun([odd, long], dir, { loop: true });
  await expected.playTo(() => passes(expected.messages) === 6);
  const played = await play(openCommand([odd, long], { loop: true, cache }), (messages) => passes(messages) < 6);
  await waitFor("six films", () => passes(played.messages) === 6);
  const count = Math.min(mediaOf(expected.messages).length, mediaOf(played.messages).length);
  assert.ok(count > 500);
  assert.deepEqual(mediaOf(played.messages).slice(0, count), mediaOf(expected.messages).slice(0, count));

  played.messages.length = 0;
  played.source.send({ kind: "seek", start: startAt(3000, { generation: 2, itemIndex: 1, timelineMs: 0 }) });
  played.source.setReading(true);
  await waitFor("the place of the seek", () => framesOf(played.messages).length > 10);
  const [first] = framesOf(played.messages);
  assert.deepEqual([first?.generation, first?.timelineUs, stretches(played.messages)[0]?.[0]], [2, 0, 0]);
  played.source.kill();
});

test("what is not read gives nothing, and what has ended nothing more", async () => {
  const dir = newCache();
  await playOnce([long], dir);
  const played = await play(openCommand([long], { loop: true, cache: { dir, maxBytes: BIG } }), (messages) => messages.length < 20);
  await waitFor("the first messages", () => played.messages.length >= 20);
  const { length } = played.messages;
  assert.ok(length < 30, String(length));
  await sleep(50);
  assert.equal(played.messages.length, length);
  played.source.setReading(true);
  await waitFor("one more", () => played.messages.length > length);
  played.source.kill();
  const last = played.messages.length;
  played.source.setReading(true);
  await sleep(50);
  assert.equal(played.messages.length, last);
});

const timesOf = (messages: readonly SourceMessage[]): readonly number[] =>
  framesOf(messages).map(({ timelineUs }) => Math.round(timelineUs / 10_000));

for (const [name, film] of [
  ["in the middle of a film", long],
  ["near its end, with the next pass", odd],
  ["of a film without pictures", song],
] as const) {
  test(`another form is left to a process a moment later, ${name}: no picture is missing or twice, and no sample`, async () => {
    const dir = newCache();
    await playOnce([film], dir);
    let start: SourceStart | undefined;
    const frontier = new Frontier(startAt(0), STEREO.audio);
    const played = await play(openCommand([film], { loop: true, cache: { dir, maxBytes: BIG } }), (messages) => {
      const last = messages.at(-1);
      if (last !== undefined) frontier.note(last);
      return start === undefined ? messages.length < 10 : !frontier.hasPassed(start);
    });
    await waitFor("the beginning", () => played.messages.length >= 10);
    played.source.send({ kind: "format", format: { ...STEREO, quality: 40 } });
    [start] = played.leaving;
    const from = start ?? assert.fail("nobody is wanted");
    played.source.setReading(true);
    await waitFor("the place of the other form", () => frontier.hasPassed(from));
    played.source.kill();

    const next = startRun([film], null, { loop: true, start: from, format: { ...STEREO, quality: 40 } });
    await next.playTo((message) => message.kind !== "item" && soundOf(next.messages).length > 30);
    const all = [...played.messages, ...next.messages.flatMap((message) => frontier.beyond(message) ?? [])];
    const expected = startRun([film], dir, { loop: true });
    await expected.playTo(() => soundOf(expected.messages).length > soundOf(all).length);
    assert.deepEqual(timesOf(all), timesOf(expected.messages).slice(0, timesOf(all).length));
    assert.equal(stretches(all).length, 1);
    assert.ok(framesOf(played.messages).every(({ quality }) => quality === 80));
    assert.ok(framesOf(next.messages).every(({ quality }) => quality === 40));
  });
}

for (const [name, film, format] of [
  ["of a film", long, STEREO],
  ["of a film without pictures", song, STEREO],
  ["of a channel without sound", long, { ...STEREO, audio: null }],
] as const) {
  test(`it goes on wherever in the middle ${name} a process has come to: no picture is missing or twice, and no sample`, async () => {
    const dir = newCache();
    await playOnce([film], dir, { format });
    const { messages: whole } = await playOnce([film], dir, { format });
    for (const count of [1, 2, 3, 4, 5, 50, 51, 52, 53, 54, whole.length - 4]) {
      const frontier = new Frontier(startAt(0), format.audio);
      for (const message of whole.slice(0, count)) frontier.note(message);
      const played = await play(openCommand([film], { format, cache: { dir, maxBytes: BIG }, start: frontier.place() }));
      await waitFor("the end", () => isOver(played));
      played.source.kill();
      const all = [...whole.slice(0, count), ...played.messages.flatMap((message) => frontier.beyond(message) ?? [])];
      assert.deepEqual(timesOf(all), timesOf(whole), `after ${count} messages`);
      assert.deepEqual(stretches(all), stretches(whole), `after ${count} messages`);
    }
  });
}

test("a form that is the one it has changes nothing", async () => {
  const dir = newCache();
  await playOnce([long], dir);
  const played = await play(openCommand([long], { cache: { dir, maxBytes: BIG } }), (messages) => messages.length !== 10);
  await waitFor("the beginning", () => played.messages.length >= 10);
  played.source.send({ kind: "format", format: { ...STEREO } });
  played.source.setReading(true);
  await waitFor("the end", () => isOver(played));
  assert.deepEqual(played.leaving, []);
  played.source.kill();
});

test("an entry that has gone, or a film that is another by now, is left to a process at the seam", async () => {
  const dir = newCache();
  await playOnce([odd], dir);
  const played = await play(openCommand([odd], { loop: true, cache: { dir, maxBytes: BIG } }), () => {
    rmSync(dir, { recursive: true, force: true });
    return true;
  });
  await waitFor("its leaving", () => played.left() !== null);
  const start = played.left() ?? assert.fail();
  assert.deepEqual([start.itemIndex, start.positionMs, played.leaving], [0, 0, []]);
  const expected = startRun([odd], null, { loop: true });
  await expected.playTo((message) => message.kind === "item" && message.info.timelineMs > 0);
  const second = expected.messages.findLast((message) => message.kind === "item");
  assert.equal(start.timelineMs, second?.info.timelineMs);
  assert.deepEqual(mediaOf(played.messages), mediaOf(expected.messages));
});

test("of an entry that is damaged in the middle a process plays the rest of the film", async () => {
  const dir = newCache();
  await playOnce([long], dir);
  const [entry] = readdirSync(dir);
  const file = openSync(join(dir, entry ?? ""), "r+");
  writeSync(file, Buffer.alloc(64, 0xaa), 0, 64, Math.floor(statSync(join(dir, entry ?? "")).size / 2));
  closeSync(file);
  const played = await play(openCommand([long], { cache: { dir, maxBytes: BIG } }));
  await waitFor("its leaving", () => played.left() !== null);
  const start = played.left() ?? assert.fail();
  assert.ok(start.positionMs > 1000 && start.positionMs === start.timelineMs, JSON.stringify(start));
  const next = await playOnce([long], null, { start });
  const seen = new Set(
    [...played.messages, ...next.messages].flatMap((m) => (m.kind === "frame" ? [Math.floor(m.timelineUs / 40_000)] : [])),
  );
  assert.equal(seen.size, 150);
});

test("only a playlist of files that are all kept, in the wanted form, needs no process", async () => {
  const dir = newCache();
  const cache = { dir, maxBytes: BIG };
  await playOnce([odd], dir);
  const isEnough = async (open: OpenCommand): Promise<boolean> => {
    const opened = await openFromCache(open, 0);
    opened?.entry.close();
    return opened !== null;
  };
  assert.equal(await isEnough(openCommand([odd, odd], { cache })), true);
  assert.equal(await isEnough(openCommand([odd, long], { cache })), false);
  assert.equal(await isEnough(openCommand([odd, { kind: "test-film" }], { cache })), false);
  assert.equal(await isEnough(openCommand([odd], { cache, format: { ...STEREO, quality: 40 } })), false);
  assert.equal(await isEnough(openCommand([odd], { cache: null })), false);
  assert.equal(await isEnough(openCommand([at("nothing.mp4")], { cache })), false);
});
