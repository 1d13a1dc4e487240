import assert from "node:assert/strict";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { playOnce, startAt, startRun } from "./cache-run.ts";
import { ffmpeg, H264, joinSound, loudness, temporaryFolder } from "./media.ts";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { errorsOf, framesOf, soundOf, STEREO } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const PICTURE = `-f lavfi -i testsrc=s=64x48:r=25:d=4 ${H264} -g 50`;
const SOUND = "-f lavfi -i sine=440:r=44100:d=4";
const good = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=2 ${H264}`, at("good.mp4"));

/** Four seconds each. Of a seek past their end FFmpeg says that it succeeded, and nothing comes. */
const ENDING = [
  ["a film of FLV", ffmpeg(PICTURE, at("film.flv"))],
  ["a WAV", ffmpeg(SOUND, at("song.wav"))],
  ["an MP3 that says nothing of its length", ffmpeg(`${SOUND} -c:a libmp3lame -q:a 9 -write_xing 0`, at("song.mp3"))],
] as const;

for (const [what, file] of ENDING) {
  test(`a place past the end of ${what} is the next item's beginning, and the end of a playlist that plays once`, async () => {
    const { messages } = await playOnce([file, good], null, { start: startAt(30_000) });
    assert.deepEqual(errorsOf(messages), []);
    const times = framesOf(messages).map(({ timelineUs }) => timelineUs);
    assert.deepEqual([times.length, Math.round(times[0] ?? -1)], [50, 30_000_000]);
    const alone = await playOnce([file], null, { start: startAt(30_000) });
    assert.deepEqual(
      alone.messages.map(({ kind }) => kind),
      ["item", "end"],
    );
  });

  test(`a place past the end of ${what} that is repeated is its beginning`, async () => {
    const run = startRun([file], null, { start: startAt(30_000), loop: true });
    await run.playTo((message) => message.kind === "frame" || message.kind === "audio");
    assert.deepEqual(errorsOf(run.messages), []);
    const [media] = run.messages.filter((message) => message.kind === "frame" || message.kind === "audio");
    assert.equal(media?.kind === "frame" ? media.timelineUs / 1e6 : (media?.timelineSample ?? 0) / 44_100, 30);
  });
}

test("raw H.264, which cannot be sought in, is played from the wanted place on", async () => {
  const film = ffmpeg(PICTURE, at("film.h264"));
  const { messages } = await playOnce([film], null, { start: startAt(2000) });
  assert.deepEqual(errorsOf(messages), []);
  assert.equal(framesOf(messages).length, 50);
  assert.equal(framesOf(messages)[0]?.timelineUs, 2e6);
});

test("an item of which nothing can be decoded is told once, wherever in it playing begins", async () => {
  const film = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=4 ${H264} -movflags +faststart`, at("empty.mp4"));
  const bytes = readFileSync(film);
  writeFileSync(film, bytes.fill(0, bytes.indexOf("mdat") + 4));
  for (const positionMs of [0, 3000, 30_000]) {
    const run = startRun([film], null, { start: startAt(positionMs), loop: true });
    await run.playTo(() => false);
    const [error, ...others] = errorsOf(run.messages);
    assert.match(error?.message ?? "", /empty\.mp4: nothing in it can be decoded/);
    assert.deepEqual([error?.fatal, others], [true, []]);
  }
});

test("the item after one that cannot be played begins at its own beginning", async () => {
  const { messages } = await playOnce([at("missing.mp4"), good], null, { start: startAt(10_000) });
  assert.equal(errorsOf(messages).length, 1);
  const [item] = messages.filter((message) => message.kind === "item");
  assert.equal(item?.info.timelineMs, 10_000);
  assert.equal(framesOf(messages).length, 50);
  assert.ok(loudness(joinSound(soundOf(messages), 2), 44_100, 2, 0, 1) < 5);
});

test("a film that another one has taken the place of is as long as the new one says, and can be sought in", async () => {
  const [short = "", long = ""] = [1, 3].map((seconds) =>
    ffmpeg(`-f lavfi -i testsrc=s=64x36:r=10:d=${seconds} ${H264}`, join(folder, `replaced-${seconds}.mp4`)),
  );
  const run = startRun([short], null, { loop: true, format: { ...STEREO, audio: null } });
  let entered = 0;
  await run.playTo((message) => message.kind === "item" && ++entered === 2);
  renameSync(long, short);
  await run.playTo((message) => message.kind === "item" && ++entered === 3);
  const lengths = run.messages.flatMap((message) => (message.kind === "item" ? [message.info.durationMs] : []));
  assert.deepEqual(lengths, [1000, 1000, 3000]);
  run.player.seek(startAt(2000, { generation: 2 }));
  const isNew = (message: SourceMessage): boolean => message.kind === "frame" && message.generation === 2;
  await run.playTo(isNew);
  const place = run.messages.findLast((message) => message.kind === "item");
  assert.equal(place?.info.timelineMs, 0);
});
