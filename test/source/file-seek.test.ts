import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { playOnce, startAt } from "./cache-run.ts";
import { ffmpeg, H264, joinSound, loudness, temporaryFolder } from "./media.ts";
import { type FrameMessage, errorsOf, framesOf, openCommand, soundOf, startSource, STEREO } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const PICTURE = "-f lavfi -i testsrc=s=160x120:r=25:d=12";
const SOUND = "-f lavfi -i sine=440:r=44100:d=12";
/** Five seconds from one key picture to the next. */
const FAR_KEYS = "-g 125 -keyint_min 125 -sc_threshold 0";

/** One key picture, and then a stripe of it in each picture. */
const REFRESHED = "-c:v libx264 -preset veryfast -threads 1 -pix_fmt yuv420p -x264-params intra-refresh=1:keyint=50";

const FILMS = [
  ["far-keys.ts", `${PICTURE} ${SOUND} ${H264} ${FAR_KEYS} -c:a aac`],
  ["b-frames.ts", `${PICTURE} ${SOUND} -c:v libx264 -preset veryfast -bf 3 -threads 1 -pix_fmt yuv420p ${FAR_KEYS} -c:a aac`],
  ["near-keys.ts", `${PICTURE} ${SOUND} ${H264} -g 12 -c:a aac`],
  ["far-keys.m2ts", `${PICTURE} ${SOUND} ${H264} ${FAR_KEYS} -c:a aac`],
  ["hevc.ts", `${PICTURE} ${SOUND} -c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1:keyint=125:scenecut=0 -c:a aac`],
  ["far-keys.mpg", `${PICTURE} ${SOUND} -c:v mpeg2video -g 125 -sc_threshold 1000000000 -c:a mp2`],
  ["one-key.ts", `${PICTURE} ${SOUND} ${H264} -g 1000 -keyint_min 1000 -sc_threshold 0 -c:a aac`],
  ["silent.ts", `${PICTURE} ${H264} ${FAR_KEYS}`],
  ["far-keys.mp4", `${PICTURE} ${SOUND} ${H264} ${FAR_KEYS} -c:a aac`],
  ["refreshed.mp4", `${PICTURE} ${SOUND} ${REFRESHED} -c:a aac`],
  ["refreshed.ts", `${PICTURE} ${SOUND} ${REFRESHED} -c:a aac`],
  ["negative-times.mkv", `${PICTURE} ${SOUND} ${H264} ${FAR_KEYS} -c:a aac -output_ts_offset -0.3 -avoid_negative_ts disabled`],
] as const;

for (const [name, args] of FILMS) {
  test(`${name}: wherever it is sought, each picture from there on comes, as in a whole pass`, async () => {
    const film = ffmpeg(args, at(name));
    const whole = framesOf((await playOnce([film], null)).messages);
    for (const positionMs of [500, 2000, 4990, 5000, 8010, 11_500]) {
      const { messages } = await playOnce([film], null, { start: startAt(positionMs) });
      assert.deepEqual(errorsOf(messages), []);
      const pictures = framesOf(messages);
      const shown = whole.findLast(({ timelineUs }) => timelineUs <= positionMs * 1000) ?? whole[0];
      assert.equal(pictures[0]?.timelineUs, positionMs * 1000);
      assert.deepEqual(pictures[0]?.jpeg, shown?.jpeg, `${positionMs} ms`);
      assert.deepEqual(hashes(pictures.slice(1)), hashes(whole.filter(({ timelineUs }) => timelineUs > positionMs * 1000)));
      if (name === "silent.ts") continue;
      assert.ok(loudness(joinSound(soundOf(messages), 2), 44_100, 2, 0, 0.4) > 2000, `sound at ${positionMs} ms`);
    }
  });
}

for (const name of ["late-picture.mkv", "late-picture.mp4"]) {
  test(`${name}: a film whose picture begins after its sound is as long as both together, and is heard from any place before the picture on`, async () => {
    const mkv = ffmpeg(
      `-itsoffset 3 -f lavfi -i testsrc=s=64x48:r=25:d=3 -f lavfi -i sine=440:r=44100:d=6 ${H264} -c:a aac`,
      at("late.mkv"),
    );
    const film = ffmpeg(`-i ${mkv} -c copy`, at(name));
    const { messages } = await playOnce([film], null, { start: startAt(1000) });
    const [item] = messages.filter((message) => message.kind === "item");
    assert.ok(Math.abs((item?.info.durationMs ?? 0) - 6000) < 50, `${item?.info.durationMs} ms`);
    assert.equal(framesOf(messages).length, 75);
    assert.ok(loudness(joinSound(soundOf(messages), 2), 44_100, 2, 0.02, 1.9) > 2000);
  });
}

test("sound in an MPEG-TS without a picture is sought too", async () => {
  const song = ffmpeg(`${SOUND} -c:a aac`, at("song.ts"));
  const { messages } = await playOnce([song], null, { start: startAt(8000) });
  const sound = joinSound(soundOf(messages), 2);
  assert.ok(Math.abs(sound.length / 2 - 4 * 44_100) < 4410);
  assert.ok(loudness(sound, 44_100, 2, 0, 0.5) > 2000);
});

test("another quality in the middle of an MPEG-TS leaves no picture out", async () => {
  const film = ffmpeg(FILMS[0][1], at("reformatted.ts"));
  const run = startSource(openCommand([film]));
  await run.waitFor((message) => message.kind === "frame" && message.timelineUs > 3e6);
  run.send({ kind: "format", format: { ...STEREO, quality: 30 } });
  await run.waitFor((message) => message.kind === "end");
  await run.stop();
  const pictures = framesOf(run.messages);
  assert.equal(pictures.at(-1)?.quality, 30);
  const gaps = pictures.slice(1).map(({ timelineUs }, index) => timelineUs - (pictures[index]?.timelineUs ?? 0));
  assert.ok(Math.max(...gaps) < 41_000, `${Math.max(...gaps)} µs without a picture`);
});

function hashes(pictures: readonly FrameMessage[]): readonly string[] {
  return pictures.map(
    ({ timelineUs, jpeg }) => `${Math.round(timelineUs)} ${jpeg.length} ${Buffer.from(jpeg).toString("base64").slice(-80)}`,
  );
}
