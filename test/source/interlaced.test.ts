/** Interlaced films: a picture shows one moment, that of its time, as the picture of a film does that was never interlaced. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import jpegTurbo from "@julusian/jpeg-turbo";
import { AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_FRAME_FLAG_INTERLACED, AV_PIX_FMT_YUV420P } from "node-av/constants";
import { Frame } from "node-av/lib";
import { correctFlags, createDeinterlacer, createFieldTaker } from "../../daemon/source/interlaced.ts";
import { mediaOf, playOnce, startAt } from "./cache-run.ts";
import { ffmpeg, joinSound, loudness, temporaryFolder } from "./media.ts";
import { errorsOf, type FrameMessage, framesOf, openCommand, soundOf, startSource, STEREO } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

/** A picture that runs by 8 pixels from field to field. */
const moving = ffmpeg("-f lavfi -i color=s=2160x576:r=1,format=gray,geq=lum=128+60*sin(X/9)+40*sin(Y/40) -frames:v 1", at("still.png"));
const fields = (seconds: number): string => `-loop 1 -r 50 -t ${seconds} -i ${moving} -vf crop=720:576:8*n:0`;
const TOP_FIRST = ",tinterlace=interleave_top:flags=vlpf,setfield=tff";
const BOTTOM_FIRST = ",tinterlace=interleave_bottom:flags=vlpf,setfield=bff";
const WHOLE = ",fps=25:round=up";
const MPEG2 = "-c:v mpeg2video -q:v 2";
const MPEG2_FIELDS = `${MPEG2} -flags +ilme+ildct`;
const X264 = "-c:v libx264 -preset veryfast -qp 15 -threads 1";

/** The shape decides whether one field is enough for 500 pixels: of 16:9 it is, of 4:3 it is not. */
const KINDS = [
  ["dvd.mpg", `${TOP_FIRST},setsar=64/45 ${MPEG2_FIELDS}`, `${WHOLE},setsar=64/45 ${MPEG2}`],
  ["television.ts", `${TOP_FIRST},setsar=64/45 ${X264} -x264-params tff=1`, `${WHOLE},setsar=64/45 ${X264}`],
  ["dvd-4x3.mpg", `${TOP_FIRST},setsar=16/15 ${MPEG2_FIELDS}`, `${WHOLE},setsar=16/15 ${MPEG2}`],
  ["bottom-first.mp4", `${BOTTOM_FIRST},setsar=16/15 ${X264} -x264-params bff=1`, `${WHOLE},setsar=16/15 ${X264}`],
  ["camcorder.avi", `${BOTTOM_FIRST},setsar=16/15 -c:v dvvideo`, `${WHOLE},setsar=16/15 ${MPEG2}`],
  ["camcorder.dv", `${BOTTOM_FIRST},setsar=16/15 -c:v dvvideo`, `${WHOLE},setsar=16/15 ${MPEG2}`],
] as const;

const SILENT = { format: { ...STEREO, audio: null, maxFrameBytes: 500_000 } };

async function picturesOf(film: string): Promise<readonly FrameMessage[]> {
  const { messages } = await playOnce([film], null, SILENT);
  assert.deepEqual(errorsOf(messages), []);
  return framesOf(messages);
}

/** Of luma, decibels. */
function likeness(one: FrameMessage | undefined, other: FrameMessage | undefined): number {
  assert.ok(one !== undefined && other !== undefined);
  assert.deepEqual([one.width, one.height], [other.width, other.height]);
  const lumaOf = ({ jpeg }: FrameMessage): Buffer => jpegTurbo.decompressSync(Buffer.from(jpeg), { format: jpegTurbo.FORMAT_GRAY }).data;
  const [a, b] = [lumaOf(one), lumaOf(other)];
  const error = a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * a.length) / error);
}

for (const [name, interlaced, whole] of KINDS) {
  test(`${name}: what moves has one outline, at the same times`, async () => {
    const film = await picturesOf(ffmpeg(`${fields(1)}${interlaced} -pix_fmt yuv420p`, at(name)));
    const reference = await picturesOf(ffmpeg(`${fields(1)}${whole} -pix_fmt yuv420p`, at(`whole-${name}.ts`)));
    const fromStart = (pictures: readonly FrameMessage[]): readonly number[] =>
      pictures.map(({ timelineUs }) => Math.round((timelineUs - (pictures[0]?.timelineUs ?? 0)) / 1000));
    assert.deepEqual(fromStart(film), fromStart(reference));
    for (const index of [0, 1, 12, 23, 24]) {
      const decibels = likeness(film[index], reference[index]);
      assert.ok(decibels > 40, `picture ${index}: ${decibels} dB`);
    }
  });
}

const WIDE = `${TOP_FIRST},setsar=64/45 -pix_fmt yuv420p`;
const NARROW = `${TOP_FIRST},setsar=16/15 -pix_fmt yuv420p`;

test("where parts of a film are interlaced and others are not, the times go on evenly, and the others are as they were", async () => {
  const parts = [
    ffmpeg(`${fields(1)}${WHOLE},setsar=16/15 -pix_fmt yuv420p ${MPEG2}`, at("part-1.m2v")),
    ffmpeg(`${fields(1)}${NARROW} ${MPEG2_FIELDS}`, at("part-2.m2v")),
  ].map((part) => readFileSync(part));
  const [whole, interlaced] = parts;
  assert.ok(whole && interlaced);
  writeFileSync(at("mixed.m2v"), Buffer.concat([whole, interlaced, whole]));
  const pictures = await picturesOf(at("mixed.m2v"));
  assert.deepEqual(
    pictures.map(({ timelineUs }) => Math.round(timelineUs / 40_000)),
    pictures.map((_, index) => index + 1),
  );
  assert.equal(pictures.length, 75);
  const progressive = (await picturesOf(at("part-1.m2v"))).map(({ jpeg }) => jpeg);
  const jpegs = pictures.map(({ jpeg }) => jpeg);
  assert.deepEqual(jpegs.slice(0, 25), progressive);
  assert.deepEqual(jpegs.slice(50, 75), progressive);
});

test("a place in an interlaced film is found, and from there on everything is as in a whole pass", async () => {
  for (const [name, shape] of [
    ["sought-wide.ts", WIDE],
    ["sought-narrow.ts", NARROW],
  ] as const) {
    const film = ffmpeg(`${fields(3)}${shape} ${MPEG2_FIELDS} -bf 2`, at(name));
    const whole = mediaOf((await playOnce([film], null, SILENT)).messages);
    const { messages } = await playOnce([film], null, { ...SILENT, start: startAt(1420) });
    const [first, ...others] = mediaOf(messages);
    // The picture that stands there has another one before it than in a whole pass, if it is not a key picture.
    assert.match(first ?? "", /^picture 1420000 80 500x/);
    assert.ok(others.length > 35);
    assert.deepEqual(others, whole.slice(-others.length));
  }
});

test("another width in the middle of an interlaced film leaves no picture out", async () => {
  const film = ffmpeg(`${fields(6)}${NARROW} ${MPEG2_FIELDS} -g 12`, at("reformatted.ts"));
  const run = startSource(openCommand([film], SILENT));
  await run.waitFor((message) => message.kind === "frame" && message.timelineUs > 1e6);
  run.send({ kind: "format", format: { ...SILENT.format, width: 320 } });
  await run.waitFor((message) => message.kind === "end");
  await run.stop();
  const pictures = framesOf(run.messages);
  assert.equal(pictures.at(-1)?.width, 320);
  assert.equal(pictures.length, 150);
  const gaps = pictures.slice(1).map(({ timelineUs }, index) => timelineUs - (pictures[index]?.timelineUs ?? 0));
  assert.ok(Math.max(...gaps) < 41_000, `${Math.max(...gaps)} µs without a picture`);
});

test("sound goes on under an interlaced picture that stands for long", async () => {
  const shown = "between(n\\,0\\,9)+gte(n\\,600)";
  const film = ffmpeg(`${fields(13)},select='${shown}'${NARROW} -vsync vfr ${X264} -x264-params tff=1 -g 8 -bf 0`, at("standing.mkv"));
  const withSound = ffmpeg(`-i ${film} -f lavfi -i sine=440:r=44100:d=13 -c:v copy -c:a pcm_s16le`, at("standing-sound.mkv"));
  const { messages } = await playOnce([withSound], null);
  assert.deepEqual(errorsOf(messages), []);
  assert.equal(framesOf(messages).length, 30);
  assert.ok(loudness(joinSound(soundOf(messages), 2), 44_100, 2, 0, 12.5) > 2000);
  let heardUs = 0;
  for (const message of messages) {
    if (message.kind === "audio") heardUs = (message.timelineSample * 1e6) / 44_100;
    if (message.kind === "frame") assert.ok(heardUs - message.timelineUs < 100_000, `${heardUs - message.timelineUs} µs late`);
  }
});

function makeFrame(isInterlaced: boolean): Frame {
  const frame = new Frame();
  frame.alloc();
  Object.assign(frame, { width: 64, height: 48, format: AV_PIX_FMT_YUV420P });
  assert.ok(frame.getBuffer() >= 0);
  if (isInterlaced) frame.setFlags(AV_FRAME_FLAG_INTERLACED);
  return frame;
}

test("what is not interlaced is passed on at once, itself; so is what has rows enough in one field", () => {
  const fieldTaker = createFieldTaker();
  for (const [isInterlaced, hasEnoughRows] of [
    [false, false],
    [true, true],
  ] as const) {
    const deinterlacer = createDeinterlacer(() => hasEnoughRows);
    const frame = makeFrame(isInterlaced);
    let given: Frame | null = null;
    deinterlacer.put(frame, { positionUs: 0, endUs: 1 }, (shown) => {
      given = shown;
    });
    assert.equal(given, frame);
    assert.equal(fieldTaker.take(frame) === frame, !isInterlaced);
    deinterlacer.close();
  }
  fieldTaker.close();
});

test("one field has half the rows, and the frame itself is left as it was: it may be made in another size as well", () => {
  const fieldTaker = createFieldTaker();
  const frame = makeFrame(true);
  for (let time = 0; time < 2; time++) assert.equal(fieldTaker.take(frame).height, 24);
  assert.ok(frame.height === 48 && frame.hasFlags(AV_FRAME_FLAG_INTERLACED));
  fieldTaker.close();
});

test("a picture of HEVC is whole, whatever it is flagged as", () => {
  for (const [codecId, stays] of [
    [AV_CODEC_ID_HEVC, false],
    [AV_CODEC_ID_H264, true],
  ] as const) {
    const frame = makeFrame(true);
    correctFlags(frame, codecId);
    assert.equal(frame.hasFlags(AV_FRAME_FLAG_INTERLACED), stays);
  }
});
