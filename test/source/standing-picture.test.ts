import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { playOnce, startAt, startRun } from "./cache-run.ts";
import { ffmpeg, H264, temporaryFolder } from "./media.ts";
import { type FrameMessage, errorsOf, framesOf, soundOf } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

/** Two seconds of moving pictures, then some that stand for up to eight seconds, one second that moves, and one at the end. */
const SLIDES = "-f lavfi -i testsrc=s=160x120:r=25:d=32";
const SELECT =
  "-fps_mode vfr -vf " +
  "select='lt(n\\,50)+eq(n\\,150)+eq(n\\,300)+eq(n\\,301)+eq(n\\,302)+eq(n\\,500)+gte(n\\,700)*lt(n\\,720)+eq(n\\,799)'";
const B_FRAMES = "-c:v libx264 -preset veryfast -bf 3 -g 250 -threads 1 -pix_fmt yuv420p";
/** Pictures that others refer to stand long as well as others, and key pictures among them. */
const KEYS = "-force_key_frames 6,20,28";
const PLACES_MS = [1000, 1990, 5000, 11_000, 12_041, 15_000, 21_000, 27_900, 28_100, 30_000];

const FILMS = [
  ["slides.mp4", B_FRAMES],
  ["slides-with-keys.mp4", `${B_FRAMES} ${KEYS}`],
  ["slides.mkv", B_FRAMES],
  ["slides-with-keys.mkv", `${B_FRAMES} ${KEYS}`],
  ["slides-with-keys.ts", `${B_FRAMES} ${KEYS}`],
  ["slides-with-keys.flv", `${B_FRAMES} ${KEYS}`],
  ["slides.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"],
] as const;

for (const [name, args] of FILMS) {
  test(`${name}: the picture that stands where it is sought is the first that comes, and what follows comes as in a whole pass`, async () => {
    const film = ffmpeg(`${SLIDES} ${SELECT} ${args}`, at(name));
    const whole = framesOf((await playOnce([film], null)).messages);
    assert.equal(whole.length, 76);
    for (const positionMs of PLACES_MS) await assertSought(film, null, positionMs, whole);
  });
}

test("the same holds for a film that comes from the cache", async () => {
  const dir = at("cache");
  mkdirSync(dir);
  const film = ffmpeg(`${SLIDES} -f lavfi -i sine=440:r=44100:d=32 ${SELECT} ${B_FRAMES} -c:a aac`, at("cached.mp4"));
  const whole = framesOf((await playOnce([film], dir)).messages);
  for (const positionMs of PLACES_MS) await assertSought(film, dir, positionMs, whole);
});

async function assertSought(film: string, cache: string | null, positionMs: number, whole: readonly FrameMessage[]): Promise<void> {
  const { messages } = await playOnce([film], cache, { start: startAt(positionMs) });
  assert.deepEqual(errorsOf(messages), []);
  const [first, ...others] = framesOf(messages);
  assert.equal(first?.timelineUs, positionMs * 1000);
  const stands = whole.findLast(({ timelineUs }) => timelineUs <= positionMs * 1000);
  const shown = whole.find(({ jpeg }) => Buffer.compare(jpeg, first.jpeg) === 0);
  assert.equal(shown?.timelineUs, stands?.timelineUs, `at ${positionMs} ms`);
  const times = (frames: readonly FrameMessage[]): readonly number[] => frames.map(({ timelineUs }) => Math.round(timelineUs));
  assert.deepEqual(times(others), times(whole.filter(({ timelineUs }) => timelineUs > positionMs * 1000)), `after ${positionMs} ms`);
}

const SONG = "-f lavfi -i sine=440:r=44100:d=60";

test("pictures that stand for some seconds each come before what is heard meanwhile, from a decoder that holds them back and from the cache", async () => {
  const film = ffmpeg(`-f lavfi -i testsrc2=s=64x48:r=1/5:d=60 ${SONG} ${B_FRAMES} -c:a aac`, at("slow.mp4"));
  const dir = at("slow-cache");
  mkdirSync(dir);
  for (const positionMs of [0, 0, 12_000, 47_000]) {
    const { messages } = await playOnce([film], dir, positionMs === 0 ? {} : { start: startAt(positionMs) });
    assert.ok(latestPictureMs(messages) < 100, `from ${positionMs} ms on: ${latestPictureMs(messages)} ms`);
  }
  assert.ok(latestPictureMs((await playOnce([film], null, { start: startAt(12_000) })).messages) < 100);
});

test("a picture that stands where it is sought is not waited for until the next one comes", async () => {
  const film = ffmpeg(`-f lavfi -i testsrc2=s=64x48:r=1/60:d=60 ${SONG} ${H264} -c:a aac`, at("still.mp4"));
  const run = startRun([film], null, { start: startAt(5000) });
  await run.playTo((message) => message.kind === "frame");
  const [picture] = framesOf(run.messages);
  assert.equal(picture?.timelineUs, 5e6);
  // Of the 55 seconds that follow, some were read for it.
  assert.ok((soundOf(run.messages).at(-1)?.timelineSample ?? Infinity) < 10 * 44_100);
  run.player.close();
});

test("a picture that a decoder holds back, waiting for others, is not waited for longer than sound can be held back", async () => {
  const song = "-f lavfi -i sine=440:r=44100:d=240";
  const film = ffmpeg(`-f lavfi -i testsrc2=s=64x48:r=1/120:d=240 ${song} ${B_FRAMES} -c:a aac`, at("hours.mp4"));
  for (const positionMs of [0, 50_000]) {
    const { messages } = await playOnce([film], null, { start: startAt(positionMs) });
    assert.equal(framesOf(messages).length, 2);
    assert.ok(latestPictureMs(messages) < 100, `from ${positionMs} ms on: ${latestPictureMs(messages)} ms`);
  }
});

test("a decoder that was emptied while a picture stood gives what follows as it would have", async () => {
  const film = ffmpeg(`${SLIDES} -f lavfi -i sine=440:r=44100:d=32 ${SELECT} ${B_FRAMES} -c:a aac`, at("heard.mp4"));
  const silent = ffmpeg(`-i ${film} -an -c copy`, at("unheard.mp4"));
  const [heard, unheard] = await Promise.all([film, silent].map(async (path) => framesOf((await playOnce([path], null)).messages)));
  assert.equal(heard?.length, 76);
  assert.deepEqual(heard, unheard);
});

/** By how much a picture came after sound that is heard behind its beginning, at the most. */
function latestPictureMs(messages: readonly SourceMessage[]): number {
  let heardMs = -Infinity;
  let latestMs = -Infinity;
  for (const message of messages) {
    if (message.kind === "audio") heardMs = ((message.timelineSample + message.pcm.length / 4) * 1000) / 44_100;
    if (message.kind === "frame") latestMs = Math.max(latestMs, heardMs - message.timelineUs / 1000);
  }
  return latestMs;
}

test("a film with B-frames ends with its last picture, however long a picture before it stood", async () => {
  const gap = "-fps_mode vfr -vf select='lt(n\\,50)+gte(n\\,400)*lt(n\\,420)+gte(n\\,500)'";
  const film = ffmpeg(`-f lavfi -i testsrc2=s=64x48:r=25:d=21 ${gap} ${B_FRAMES}`, at("gap.mp4"));
  const { messages } = await playOnce([film], null);
  const end = messages.find(({ kind }) => kind === "end");
  assert.equal(end?.kind === "end" ? end.timelineUs : null, 21e6);
});
