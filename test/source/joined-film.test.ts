import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createJoins, type PacketTime } from "../../daemon/source/joins.ts";
import { closeMediaFile, openMediaFile } from "../../daemon/source/media-file.ts";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { searchInParts } from "../../daemon/source/part-search.ts";
import { playOnce } from "./cache-run.ts";
import { colourAt, ffmpeg, joinSound, loudness, temporaryFolder } from "./media.ts";
import { type FrameMessage, errorsOf, framesOf, openCommand, runSource, soundOf } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const RATE = 44_100;

/** Black and silent, but for a white flash and a beep from the second 2 to 2.4. */
const PART =
  "-f lavfi -i color=black:s=64x48:r=25:d=4,drawbox=color=white:t=fill:enable='between(t\\,1.99\\,2.39)' " +
  "-f lavfi -i sine=880:r=44100:d=4,volume=0:enable='not(between(t\\,2\\,2.4))'";
const B_FRAMES = "-c:v libx264 -preset veryfast -bf 3 -g 50 -threads 1 -pix_fmt yuv420p -c:a aac";
const part = ffmpeg(`${PART} ${B_FRAMES}`, at("part.ts"));
const late = ffmpeg(`-i ${part} -c copy -output_ts_offset 50000`, at("late.ts"));
const dvd = ffmpeg(`${PART} -c:v mpeg2video -g 12 -c:a mp2`, at("part.mpg"));

function put(name: string, ...files: readonly string[]): string {
  writeFileSync(at(name), Buffer.concat(files.map((file) => readFileSync(file))));
  return at(name);
}

const FILMS = [
  ["three parts of an MPEG-TS", put("same.ts", part, part, part), 3],
  ["a part that is hours earlier", put("earlier.ts", late, part), 2],
  ["a part that is hours later", put("later.ts", part, late), 2],
  ["two parts of a DVD", put("dvd.mpg", dvd, dvd), 2],
] as const;

for (const [what, film, parts] of FILMS) {
  test(`${what} play on over the join without a gap, sound and picture in step`, async () => {
    const messages = (await playOnce([film], null)).messages;
    assert.deepEqual(errorsOf(messages), []);
    const pictures = framesOf(messages);
    assert.equal(pictures.length, parts * 100);
    assert.ok(longestGapUs(pictures) < 41_000, `${longestGapUs(pictures)} µs without a picture`);
    assertInStep(
      messages,
      Array.from({ length: parts }, (_, index) => index * 4 + 2),
    );
    const end = messages.at(-1);
    assert.ok(end?.kind === "end" && Math.abs(end.timelineUs - parts * 4e6) < 60_000);
  });

  test(`${what}: wherever they are sought, what comes is what a whole pass shows there`, async () => {
    const whole = framesOf((await playOnce([film], null)).messages);
    for (const positionMs of [1000, 3900, 4100, 5500, 7000]) {
      const start = { generation: 1, itemIndex: 0, positionMs, timelineMs: positionMs };
      const messages = (await playOnce([film], null, { start })).messages;
      const pictures = framesOf(messages);
      const expected = whole.filter(({ timelineUs }) => timelineUs > positionMs * 1000);
      assert.deepEqual(pictures.slice(-expected.length).map(toText), expected.map(toText), `${positionMs} ms`);
      assert.ok(pictures.length - expected.length <= 1);
      if (positionMs > 4000 && positionMs < 6000) assertInStep(messages, [6], positionMs);
    }
  });
}

for (const [name, codec] of [
  ["radio.ogg", "libvorbis"],
  ["radio.opus", "libopus"],
] as const) {
  test(`songs one behind the other in ${name} all play, and can be sought in`, async () => {
    const song = ffmpeg(`-f lavfi -i sine=440:d=3 -c:a ${codec}`, at(`song-${name}`));
    const film = put(name, song, song);
    for (const positionMs of [0, 1000, 4000]) {
      const start = { generation: 1, itemIndex: 0, positionMs, timelineMs: 0 };
      const { messages } = await playOnce([film], null, { start });
      assert.deepEqual(errorsOf(messages), []);
      const sound = joinSound(soundOf(messages), 2);
      const lengthS = 6 - positionMs / 1000;
      assert.ok(Math.abs(sound.length / 2 / RATE - lengthS) < 0.05, `${sound.length / 2 / RATE} s from ${positionMs} ms on`);
      for (let fromS = 0; fromS < lengthS; fromS += 0.5) assert.ok(loudness(sound, RATE, 2, fromS, fromS + 0.45) > 1000);
    }
  });
}

test("a film whose times begin again does not say how long it is before it was played: FFmpeg knows of its last part only", async () => {
  const lengths = async (items: readonly string[]): Promise<readonly (number | null)[]> => {
    const messages = await runSource(
      openCommand(items, { loop: true }),
      ({ kind, ...rest }) => "info" in rest && kind === "item" && rest.info.timelineMs > 1,
    );
    return messages.filter((message) => message.kind === "item").map(({ info }) => info.durationMs);
  };
  const [before, after] = await lengths([FILMS[0][1]]);
  assert.equal(before, null);
  assert.ok(Math.abs((after ?? 0) - 12_000) < 60);
  assert.ok(Math.abs(((await lengths([part]))[0] ?? 0) - 4000) < 60);
});

test("a part that was cut off anywhere goes on with its next key picture, and with its sound", async () => {
  const bytes = readFileSync(ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=8 -f lavfi -i sine=440:r=44100:d=8 ${B_FRAMES}`, at("cut.ts")));
  writeFileSync(at("cuts.ts"), Buffer.concat([bytes.subarray(0, bytes.length * 0.7), bytes.subarray(bytes.length * 0.31)]));
  const messages = await runSource(openCommand([at("cuts.ts")]));
  assert.deepEqual(errorsOf(messages), []);
  const end = messages.at(-1);
  assert.ok(end?.kind === "end" && end.timelineUs > 9e6 && end.timelineUs < 12e6, `${end?.kind === "end" ? end.timelineUs : ""}`);
  const sound = joinSound(soundOf(messages), 2);
  for (let fromS = 0; fromS < 9; fromS += 0.5) assert.ok(loudness(sound, RATE, 2, fromS, fromS + 0.5) > 1000, `silent at ${fromS} s`);
});

test("the search for a place is done in pieces, between which the daemon can be spoken to", () => {
  const file = openMediaFile(FILMS[0][1], true);
  const search = searchInParts(file, 11e6);
  const found = Array.from({ length: 10 }, search.step).findIndex((offsetUs) => offsetUs !== null);
  assert.ok(found > 0 && found < 4, `found after ${found} pieces`);
  search.close();
  closeMediaFile(file);
});

const packet = (stream: number, atMs: number, lengthMs = 40): PacketTime => {
  return { stream, decodingUs: atMs * 1000, startUs: atMs * 1000, durationUs: lengthMs * 1000 };
};
const [PICTURE, SOUND] = [0, 1];

test("sound that comes to a join before the picture waits for it, and what is left of the part before keeps its time", () => {
  const joins = createJoins(PICTURE);
  assert.deepEqual([joins.offsetUs(packet(PICTURE, 5000)), joins.offsetUs(packet(SOUND, 4900))], [0, 0]);
  assert.equal(joins.offsetUs(packet(SOUND, 1400)), null);
  assert.equal(joins.offsetUs(packet(PICTURE, 5040)), 0);
  assert.equal(joins.offsetUs(packet(PICTURE, 1500)), 3580_000);
  assert.equal(joins.offsetUs(packet(SOUND, 1400)), 3580_000);
  const other = createJoins(PICTURE);
  other.offsetUs(packet(PICTURE, 5000));
  other.offsetUs(packet(SOUND, 4900));
  assert.equal(other.offsetUs(packet(PICTURE, 1500)), 3540_000);
  assert.equal(other.offsetUs(packet(SOUND, 4920)), 0);
  assert.equal(other.offsetUs(packet(SOUND, 1510)), 3540_000);
});

test("a time that is damaged, a gap of some seconds and a picture that stands long beside sound are no joins", () => {
  const joins = createJoins(PICTURE);
  joins.offsetUs(packet(PICTURE, 5000));
  const damaged = joins.offsetUs(packet(PICTURE, 90_000_000));
  assert.equal(damaged, 5_040_000 - 90_000_000_000);
  assert.equal(joins.offsetUs(packet(PICTURE, 5080)), 0);
  assert.equal(joins.offsetUs(packet(PICTURE, 4900)), 0);
  assert.equal(joins.offsetUs(packet(PICTURE, 14_000)), 0);
  for (let atMs = 14_000; atMs < 60_000; atMs += 20) assert.equal(joins.offsetUs(packet(SOUND, atMs, 20)), 0);
  assert.equal(joins.offsetUs(packet(PICTURE, 60_000)), 0);
});

function assertInStep(messages: readonly SourceMessage[], beginsS: readonly number[], firstMs = 0): void {
  const sound = joinSound(soundOf(messages), 2);
  const pictures = framesOf(messages);
  for (const beginS of beginsS) {
    const flash = pictures.find(({ timelineUs, jpeg }) => timelineUs > (beginS - 0.5) * 1e6 && colourAt(jpeg)[0] > 128);
    const atS = (flash?.timelineUs ?? 0) / 1e6;
    assert.ok(Math.abs(atS - beginS) < 0.1, `a flash at ${atS} s`);
    const heard = (fromS: number): number => loudness(sound, RATE, 2, atS + fromS - firstMs / 1000, atS + fromS + 0.05 - firstMs / 1000);
    assert.ok(
      heard(-0.15) < 100 && heard(0.1) > 1000 && heard(0.25) > 1000 && heard(0.5) < 100,
      `the beep is not with the flash at ${atS} s`,
    );
  }
}

function longestGapUs(pictures: readonly FrameMessage[]): number {
  return Math.max(...pictures.slice(1).map(({ timelineUs }, index) => timelineUs - (pictures[index]?.timelineUs ?? 0)));
}

function toText({ timelineUs, jpeg }: FrameMessage): string {
  return `${Math.round(timelineUs / 10)} ${jpeg.length} ${Buffer.from(jpeg).toString("base64").slice(-80)}`;
}

test("a recording of television that goes from 4:3 to 16:9 does so when it is sent", async () => {
  const [narrow, wide] = [
    ["16/15", 0],
    ["64/45", 1],
  ].map(([aspect, startS]) =>
    ffmpeg(
      `-f lavfi -i testsrc=s=720x576:r=25:d=1 -vf setsar=${aspect} -c:v mpeg2video -output_ts_offset ${startS}`,
      at(`aspect-${startS}.ts`),
    ),
  );
  assert.ok(narrow !== undefined && wide !== undefined);
  const frames = framesOf(await runSource(openCommand([put("aspect.ts", narrow, wide)])));
  assert.deepEqual([frames.at(0)?.height, frames.at(-1)?.height], [375, 281]);
});
