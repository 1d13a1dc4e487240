import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { createEngineLoader } from "../../daemon/source/engine-loader.ts";
import { createPlayer } from "../../daemon/source/player.ts";
import { createReadAhead } from "../../daemon/source/read-ahead.ts";
import { reformat } from "../../daemon/source/reformat.ts";
import { ffmpeg, H264, joinSound, loudness, temporaryFolder } from "./media.ts";
import { type FrameMessage, framesOf, openCommand, runSource, soundOf, startSource } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const RATE = 44_100;

/** 29.97 FPS and 10 frames: a period that is no whole number of ms or samples; the sound is longer. */
const odd = ffmpeg(
  `-f lavfi -i testsrc=s=64x48:r=30000/1001 -f lavfi -i sine=440:r=48000:d=1 -frames:v 10 ${H264} -c:a aac`,
  at("odd.mp4"),
);
const ODD_US = (10 * 1001 * 1e6) / 30_000;
/** A second of picture, half a second of sound. */
const short = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=1 -f lavfi -i sine=440:r=44100:d=0.5 ${H264} -c:a aac`, at("short-sound.mp4"));
const long = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=10 -f lavfi -i sine=440:r=44100:d=10 ${H264} -g 50 -c:a aac`, at("long.mp4"));

const itemStarts = (messages: readonly SourceMessage[]): number[] =>
  messages.filter((message) => message.kind === "item").map(({ info }) => info.timelineMs);

test("loops follow each other without a gap: a picture every interval, each sample once, fractions carried", async () => {
  const messages = await runSource(
    openCommand([odd], { loop: true }),
    (message) => message.kind === "frame" && message.timelineUs > 60 * ODD_US,
  );
  const frames = framesOf(messages);
  for (const [index, { timelineUs }] of frames.entries())
    assert.ok(Math.abs(timelineUs - (index * ODD_US) / 10) < 0.001, `frame ${index} at ${timelineUs}`);
  const pieces = soundOf(messages);
  const sound = joinSound(pieces, 2);
  assert.equal(pieces[0]?.timelineSample, 0);
  // Sound is there in every pass, and begins anew at its rounded place.
  for (let pass = 0; pass < 60; pass++) {
    const fromS = (pass * ODD_US) / 1e6;
    assert.ok(loudness(sound, RATE, 2, fromS + 0.05, fromS + 0.3) > 2000, `pass ${pass}`);
  }
  for (const [pass, startMs] of itemStarts(messages).entries()) assert.ok(Math.abs(startMs - (pass * ODD_US) / 1000) < 1e-6);
});

test("pictures and sound come in timeline order: a picture never more than 100 ms before its sound", async () => {
  let soundEnd = 0;
  for (const message of await runSource(openCommand([long]))) {
    if (message.kind === "audio") soundEnd = message.timelineSample + message.pcm.length / 4;
    if (message.kind !== "frame") continue;
    const aheadMs = message.timelineUs / 1000 - (soundEnd * 1000) / RATE;
    assert.ok(aheadMs < 100 && aheadMs > -100, `a picture is ${aheadMs} ms ahead of the sound`);
  }
});

test("sound comes in pieces of 20 to 40 ms", async () => {
  const pieces = soundOf(await runSource(openCommand([long])));
  for (const { pcm } of pieces.slice(0, -1)) assert.ok(pcm.length / 4 >= 0.02 * RATE && pcm.length / 4 <= 0.04 * RATE);
});

test("a playlist goes on where the item before ended, sound padded to the picture", async () => {
  const messages = await runSource(openCommand([short, odd, { kind: "file", path: short }]));
  assert.deepEqual(itemStarts(messages).map(Math.round), [0, 1000, Math.round(1000 + ODD_US / 1000)]);
  const sound = joinSound(soundOf(messages), 2);
  assert.equal(sound.length / 2, Math.round(((2e6 + ODD_US) * RATE) / 1e6));
  assert.ok(loudness(sound, RATE, 2, 0.1, 0.4) > 2000);
  assert.ok(loudness(sound, RATE, 2, 0.6, 0.99) < 5);
  assert.ok(loudness(sound, RATE, 2, 1.05, 1.3) > 2000);
  const end = messages.at(-1);
  assert.ok(end?.kind === "end" && Math.abs(end.timelineUs - 2e6 - ODD_US) < 1);
});

test("the start may lie inside an item: nothing before it is sent, and the picture there is shown from it on", async () => {
  const start = { generation: 7, itemIndex: 0, positionMs: 5130, timelineMs: 1000 };
  const messages = await runSource(openCommand([long], { start }));
  const frames = framesOf(messages);
  assert.deepEqual(
    frames.slice(0, 3).map(({ timelineUs }) => Math.round(timelineUs)),
    [1_000_000, 1_030_000, 1_070_000],
  );
  assert.ok(messages.every((message) => (message.kind === "item" ? message.info.generation : message.generation) === 7));
  const pieces = soundOf(messages);
  assert.equal(pieces[0]?.timelineSample, RATE);
  assert.equal(joinSound(pieces, 2).length / 2, Math.round(4.87 * RATE));
  assert.ok(loudness(joinSound(pieces, 2), RATE, 2, 0, 0.1) > 2000);
  assert.deepEqual(itemStarts(messages), [1000 - 5130]);
});

test("a start past the item's end walks on through the playlist, over whole passes too", async () => {
  const periodMs = 1000 + ODD_US / 1000;
  const start = { generation: 1, itemIndex: 0, positionMs: 5000 * periodMs + 1100, timelineMs: 0 };
  const messages = await runSource(openCommand([short, odd], { loop: true, start }), (message) => message.kind === "frame");
  const items = messages
    .slice(
      0,
      messages.findIndex((message) => message.kind === "frame"),
    )
    .filter((message) => message.kind === "item");
  const last = items.at(-1);
  assert.ok(last !== undefined && last.info.itemIndex === 1);
  assert.ok(Math.abs(last.info.timelineMs + 100) < 0.01, `${last.info.timelineMs}`);
  assert.ok(items.length < 6, `${items.length} items were entered`);
  assert.equal(framesOf(messages)[0]?.timelineUs, 0);
});

test("a start past the end of a playlist that plays once is its end", async () => {
  const start = { generation: 3, itemIndex: 0, positionMs: 60_000, timelineMs: 500 };
  const messages = await runSource(openCommand([short], { start }));
  assert.deepEqual(framesOf(messages), []);
  assert.deepEqual(messages.at(-1), { kind: "end", generation: 3, timelineUs: 500_000 });
});

test("another form is taken up behind the next moments, without a gap or a picture twice, also over the end of an item", async () => {
  const run = startSource(openCommand([short, long], { loop: true }));
  await run.waitFor((message) => message.kind === "frame" && message.timelineUs > 0.5e6);
  for (const width of [32, 48, 64]) {
    const { format } = openCommand([long]);
    run.send({ kind: "format", format: { ...format, width } });
    await run.waitFor((message) => message.kind === "frame" && message.width === width);
  }
  await run.stop();
  const frames = framesOf(run.messages);
  const gaps = frames.slice(1).map(({ timelineUs }, index) => timelineUs - (frames[index]?.timelineUs ?? 0));
  assert.ok(
    gaps.every((gap) => Math.abs(gap - (gaps[0] ?? 0)) < 1500),
    `${Math.min(...gaps)} to ${Math.max(...gaps)} µs between pictures`,
  );
  let heardTo = 0;
  for (const message of run.messages) {
    if (message.kind !== "audio") continue;
    assert.ok(message.timelineSample <= heardTo, `sound is missing before sample ${message.timelineSample}`);
    heardTo = Math.max(heardTo, message.timelineSample + message.pcm.length / 4);
  }
});

test("another form may be wanted at any moment, also between two items", async () => {
  const engine = createEngineLoader(() => {});
  await engine.load();
  const open = openCommand([odd, short]);
  const play = (reformatAfter: number): { readonly frames: FrameMessage[]; readonly steps: number } => {
    const queue = createReadAhead(open.readAhead);
    const player = createPlayer(open, queue.push, { engine, cache: null });
    const messages: SourceMessage[] = [];
    // What waits is written to the daemon as fast as it comes: nothing lies far ahead.
    const write = (): void => {
      for (let message = queue.shift(); message !== null; message = queue.shift()) messages.push(message);
    };
    let steps = 0;
    for (let state = "playing"; state === "playing"; steps++) {
      if (steps === reformatAfter) reformat({ ...open.format, width: 32 }, queue, player);
      state = player.step();
      write();
    }
    return { frames: framesOf(messages), steps };
  };
  const whole = play(Infinity);
  const times = whole.frames.map(({ timelineUs }) => Math.round(timelineUs / 10));
  assert.equal(times.length, 35);
  for (let step = 0; step < whole.steps; step++) {
    const { frames } = play(step);
    assert.deepEqual(
      frames.map(({ timelineUs }) => Math.round(timelineUs / 10)),
      times,
      `another form after ${step} steps`,
    );
  }
});

test("a seek abandons what was read ahead and goes on in its own generation", async () => {
  const run = startSource(openCommand([long], { loop: true }));
  await run.waitFor((message) => message.kind === "frame" && message.timelineUs > 3e6);
  run.setReading(false);
  run.send({ kind: "seek", start: { generation: 2, itemIndex: 0, positionMs: 8000, timelineMs: 123_456 } });
  run.setReading(true);
  await run.waitFor((message) => message.kind === "frame" && message.generation === 2 && message.timelineUs > 127e6);
  await run.stop();
  const firstNew = run.messages.findIndex((message) => message.kind === "item" && message.info.generation === 2);
  assert.ok(run.messages.slice(0, firstNew).every((message) => message.kind === "item" || message.generation === 1));
  const after = run.messages.slice(firstNew);
  assert.ok(after.every((message) => (message.kind === "item" ? message.info.generation : message.generation) === 2));
  assert.deepEqual(
    framesOf(after)
      .slice(0, 2)
      .map(({ timelineUs }) => timelineUs),
    [123_456_000, 123_496_000],
  );
  assert.equal(soundOf(after)[0]?.timelineSample, Math.round((123_456 * RATE) / 1000));
  joinSound(soundOf(after), 2);
});

test("a skip leaves pictures out, but no sound", async () => {
  const run = startSource(openCommand([long]));
  run.setReading(false);
  run.send({ kind: "skip", timelineMs: 9000 });
  run.setReading(true);
  await run.waitFor((message) => message.kind === "end");
  await run.stop();
  const times = framesOf(run.messages).map(({ timelineUs }) => timelineUs);
  assert.ok(times.filter((timelineUs) => timelineUs < 9e6).length < 200);
  assert.equal(times.filter((timelineUs) => timelineUs >= 9e6).length, 25);
  assert.equal(joinSound(soundOf(run.messages), 2).length / 2, 10 * RATE);
});

test("a full pass tells the exact length to the next one", async () => {
  const messages = await runSource(openCommand([odd], { loop: true }), (message) => message.kind === "item" && message.info.timelineMs > 1);
  const last = messages.findLast((message) => message.kind === "item");
  assert.ok(last !== undefined && Math.abs((last.info.durationMs ?? 0) - ODD_US / 1000) < 1e-6);
});

test("pictures after a seek are the same as those of a whole pass, with B-frames too", async () => {
  const film = ffmpeg("-f lavfi -i testsrc2=s=160x120:r=25:d=6 -c:v libx264 -bf 3 -g 100 -threads 1 -pix_fmt yuv420p", at("b-frames.mkv"));
  const whole = framesOf(await runSource(openCommand([film])));
  const start = { generation: 2, itemIndex: 0, positionMs: 3400, timelineMs: 3400 };
  const part = framesOf(await runSource(openCommand([film], { start })));
  assert.equal(part.length, 65);
  for (const frame of part) {
    const same = whole.find(({ timelineUs }) => Math.abs(timelineUs - frame.timelineUs) < 1);
    assert.deepEqual(frame.jpeg, same?.jpeg);
  }
});
