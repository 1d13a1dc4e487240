import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, renameSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cachedOf, kindsIn, mediaOf, playOnce, startAt, startRun } from "./cache-run.ts";
import { at, long, newCache, odd, silent, song } from "./cached-films.ts";
import { ffmpeg, H264 } from "./media.ts";
import { errorsOf, openCommand, runSource, startSource, STEREO } from "./run-source.ts";

const noisy = ffmpeg(`-f lavfi -i testsrc2=s=320x240:r=10:d=2,noise=alls=60:allf=t ${H264}`, at("noisy.mkv"));

for (const [name, film, changes] of [
  ["with a period of no whole sample", odd, {}],
  ["of some seconds", long, {}],
  ["without sound", silent, {}],
  ["without a picture", song, {}],
  ["whose pictures had to be made smaller", noisy, { format: { ...STEREO, maxFrameBytes: 6000 } }],
  ["of a channel without sound", long, { format: { ...STEREO, audio: null } }],
  ["in mono at another rate", odd, { format: { ...STEREO, audio: { sampleRateHz: 32_000, channels: 1 } } }],
] as const) {
  test(`a film ${name} comes from the cache as it came from the film, byte for byte, and no engine is loaded for it`, async () => {
    const dir = newCache();
    const without = await playOnce([film], null, changes);
    const first = await playOnce([film], dir, changes);
    const second = await playOnce([film], dir, changes);
    assert.ok(without.messages.length > 10);
    assert.deepEqual(mediaOf(first.messages), mediaOf(without.messages));
    assert.deepEqual(mediaOf(second.messages), mediaOf(without.messages));
    assert.deepEqual([cachedOf(first.messages), cachedOf(second.messages)], [[false], [true]]);
    assert.equal(second.engine.loaded(), null);
    assert.deepEqual(kindsIn(dir), ["mkv"]);
    assert.deepEqual([...first.said, ...second.said], []);
  });
}

test("passes follow each other from the cache at the times and samples that decoding would give", async () => {
  const dir = newCache();
  const passes = 12;
  const play = async (cache: string | null) => {
    const run = startRun([odd], cache, { loop: true });
    let entered = 0;
    await run.playTo((message) => message.kind === "item" && ++entered > passes);
    return run;
  };
  const without = await play(null);
  const filling = await play(dir);
  const filled = await play(dir);
  assert.deepEqual(mediaOf(filling.messages), mediaOf(without.messages));
  assert.deepEqual(mediaOf(filled.messages), mediaOf(without.messages));
  assert.ok(cachedOf(filled.messages).every((isCached) => isCached));
  assert.deepEqual(cachedOf(filling.messages).slice(0, 2), [false, true]);
});

test("a seek in the cache brings the pictures and samples of the full pass from there on", async () => {
  const dir = newCache();
  const full = mediaOf((await playOnce([long], dir)).messages);
  for (const positionMs of [1, 1990, 2000, 2345.6, 5999]) {
    const run = await playOnce([long], dir, { start: startAt(positionMs) });
    assert.deepEqual(cachedOf(run.messages), [true]);
    const pictures = mediaOf(run.messages).filter((line) => line.startsWith("picture"));
    // The picture that the seek falls into is shown from there on; the others are those of the full pass.
    const expected = full.filter((line) => line.startsWith("picture")).slice(-pictures.length);
    assert.deepEqual(pictures.slice(1), expected.slice(1), `${positionMs} ms`);
    assert.equal(pictures[0]?.split(" ").at(-1), expected[0]?.split(" ").at(-1));
    assert.equal(pictures.length, Math.ceil((6000 - Math.floor(positionMs / 40) * 40) / 40));
  }
});

test("sound after a seek in the cache is sample for sample that of the full pass", async () => {
  const samples = async (dir: string, positionMs: number): Promise<ReadonlyMap<number, string>> => {
    const { messages } = await playOnce([long], dir, { start: startAt(positionMs) });
    return new Map(
      messages.flatMap((message) => {
        if (message.kind !== "audio") return [];
        const bytes = Buffer.from(message.pcm);
        return Array.from({ length: bytes.length / 4 }, (_, index): [number, string] => [
          message.timelineSample + index,
          bytes.toString("hex", index * 4, index * 4 + 4),
        ]);
      }),
    );
  };
  const dir = newCache();
  const full = await samples(dir, 0);
  const behind = await samples(dir, 3210);
  assert.equal(Math.min(...behind.keys()), Math.round(3.21 * 44_100));
  assert.ok(behind.size > 2 * 44_100);
  for (const [sample, value] of behind) assert.equal(value, full.get(sample), `sample ${sample}`);
});

test("a playlist plays each film from the cache, and what is not there yet from the film", async () => {
  const dir = newCache();
  await playOnce([silent], dir);
  const mixed = await playOnce([odd, silent, song], dir);
  assert.deepEqual(cachedOf(mixed.messages), [false, true, false]);
  const again = await playOnce([odd, silent, song], dir);
  assert.deepEqual(cachedOf(again.messages), [true, true, true]);
  assert.deepEqual(mediaOf(again.messages), mediaOf((await playOnce([odd, silent, song], null)).messages));
});

test("a pass that begins in the middle, or that a seek breaks off, is not kept", async () => {
  const dir = newCache();
  await playOnce([long], dir, { start: startAt(1000) });
  assert.deepEqual(readdirSync(dir), []);
  const run = startRun([long], dir);
  await run.playTo((message) => message.kind === "frame" && message.timelineUs > 2e6);
  run.player.seek(startAt(4000, { generation: 2 }));
  await run.playTo(() => false);
  assert.deepEqual(readdirSync(dir), []);
  assert.deepEqual(run.said, []);
});

test("a pass of which pictures were left out is not kept", async () => {
  const dir = newCache();
  const run = startRun([long], dir);
  await run.playTo((message) => message.kind === "frame" && message.timelineUs > 1e6);
  run.player.skipTo(4e6);
  await run.playTo(() => false);
  assert.deepEqual(readdirSync(dir), []);
});

test("another form in the middle of a cached film goes on without a gap, and each form has its entry", async () => {
  const dir = newCache();
  const narrow = { ...STEREO, width: 100, quality: 40 };
  await playOnce([long], dir);
  const run = startRun([long], dir);
  await run.playTo((message) => message.kind === "frame" && message.timelineUs >= 2e6);
  run.player.reformat(narrow, 2e6, { fromUs: 2_001_000, isStandingShown: false });
  await run.playTo(() => false);
  const pictures = run.messages.filter((message) => message.kind === "frame");
  const times = [...new Set(pictures.map(({ timelineUs }) => Math.round(timelineUs / 1000)))].toSorted((a, b) => a - b);
  assert.deepEqual(
    times,
    Array.from({ length: 150 }, (_, index) => index * 40),
  );
  assert.deepEqual([...new Set(pictures.map(({ width }) => width))], [160, 100]);
  assert.deepEqual(cachedOf(run.messages), [true, false]);
  await playOnce([long], dir, { format: narrow });
  assert.deepEqual(cachedOf((await playOnce([long], dir, { format: narrow })).messages), [true]);
  assert.deepEqual(kindsIn(dir), ["mkv", "mkv"]);
});

test("a film is known by what it is and not by its path; another state of it, or another form, is another entry", async () => {
  const dir = newCache();
  const film = at("known.mp4");
  copyFileSync(odd, film);
  await playOnce([film], dir);
  const moved = at("moved.mp4");
  renameSync(film, moved);
  const again = await playOnce([moved], dir);
  assert.deepEqual(cachedOf(again.messages), [true]);
  const [item] = again.messages;
  assert.ok(item?.kind === "item" && item.info.name === "moved.mp4");
  utimesSync(moved, 1_000_000, 1_000_000);
  assert.deepEqual(cachedOf((await playOnce([moved], dir)).messages), [false]);
  for (const format of [
    { ...STEREO, width: 32 },
    { ...STEREO, quality: 50 },
    { ...STEREO, maxFrameBytes: 9000 },
    { ...STEREO, audio: { sampleRateHz: 44_100, channels: 1 as const } },
    { ...STEREO, audio: null },
  ])
    assert.deepEqual(cachedOf((await playOnce([moved], dir, { format })).messages), [false]);
});

test("a pipe in the playlist is refused as before, and nobody waits for who might write to it", async () => {
  const pipe = at("pipe");
  execFileSync("mkfifo", [pipe]);
  const run = await playOnce([pipe], newCache());
  assert.match(errorsOf(run.messages)[0]?.message ?? "", /is no regular file/);
});

test("a film that changes while it is played is not kept", async () => {
  const dir = newCache();
  const film = at("changing.mp4");
  copyFileSync(odd, film);
  const run = startRun([film], dir);
  await run.playTo((message) => message.kind === "frame");
  utimesSync(film, 2_000_000, 2_000_000);
  await run.playTo(() => false);
  assert.deepEqual(readdirSync(dir), []);
});

test("ffmpeg opens an entry: the same pictures, the same samples", async () => {
  const dir = newCache();
  const { messages } = await playOnce([long], dir);
  const [name] = readdirSync(dir);
  assert.ok(name !== undefined);
  const sound = execFileSync("ffmpeg", ["-v", "error", "-i", join(dir, name), "-map", "0:a", "-f", "s16be", "-"], { maxBuffer: 1 << 26 });
  const sent = Buffer.concat(messages.flatMap((message) => (message.kind === "audio" ? [message.pcm] : [])));
  assert.ok(sound.subarray(0, sent.length).equals(sent));
  const pictures = execFileSync("ffmpeg", ["-v", "error", "-i", join(dir, name), "-map", "0:v", "-c", "copy", "-f", "mjpeg", "-"], {
    maxBuffer: 1 << 26,
  });
  assert.ok(pictures.equals(Buffer.concat(messages.flatMap((message) => (message.kind === "frame" ? [message.jpeg] : [])))));
});

test("a source process plays from the entry that another one has made, and says so", async () => {
  const dir = newCache();
  const cache = { dir, maxBytes: 1 << 30 };
  const first = startSource(openCommand([odd], { cache, loop: true }));
  await first.waitFor((message) => message.kind === "item" && message.info.cached);
  await first.stop();
  const second = await runSource(openCommand([odd], { cache }));
  assert.deepEqual(cachedOf(second), [true]);
  assert.deepEqual(mediaOf(second), mediaOf(await runSource(openCommand([odd]))));
});

test("a thousand passes leave no file open and drift by nothing", async () => {
  const dir = newCache();
  await playOnce([silent], dir);
  const run = startRun([silent], dir, { loop: true });
  const before = readdirSync("/proc/self/fd").length;
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered > 1000);
  // One for the directory that is being read here.
  assert.ok(readdirSync("/proc/self/fd").length <= before + 2);
  const last = run.messages.findLast((message) => message.kind === "item");
  assert.equal(last?.kind === "item" ? last.info.timelineMs : null, 1000 * 1000);
});
