import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { colourAt, ffmpeg, H264, isNear, joinSound, loudness, temporaryFolder } from "./media.ts";
import { errorsOf, framesOf, openCommand, runSource, soundOf } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const play = (file: string): Promise<SourceMessage[]> => runSource(openCommand([file]));

/** One second of moving picture at 25 FPS and of sound, in each container and codec. */
const CASES: readonly { readonly name: string; readonly args: string; readonly frames?: number }[] = [
  { name: "h264-aac.mp4", args: `${H264} -c:a aac` },
  { name: "h264-b-frames.mp4", args: "-c:v libx264 -bf 3 -threads 1 -pix_fmt yuv420p -c:a aac" },
  { name: "ten-bit.mkv", args: "-c:v libx264 -preset ultrafast -threads 1 -pix_fmt yuv420p10le -c:a libopus" },
  { name: "hevc.mp4", args: "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1 -pix_fmt yuv420p -c:a aac" },
  { name: "vp9.webm", args: "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus" },
  { name: "av1.webm", args: "-c:v libsvtav1 -preset 12 -c:a libopus" },
  { name: "mpeg4.avi", args: "-c:v mpeg4 -c:a libmp3lame" },
  { name: "mpeg2.ts", args: "-c:v mpeg2video -c:a mp2" },
  { name: "mpeg2.mxf", args: "-c:v mpeg2video -c:a pcm_s16le -ar 48000" },
  { name: "real.rm", args: "-c:v rv20 -c:a ac3" },
  { name: "mpeg2.wtv", args: "-c:v mpeg2video -c:a mp2" },
  { name: "yuv444.mkv", args: "-c:v libx264 -preset ultrafast -threads 1 -pix_fmt yuv444p -c:a flac" },
];

for (const { name, args } of CASES) {
  test(`${name} plays with all its pictures and as much sound as picture`, async () => {
    const file = ffmpeg(`-f lavfi -i testsrc=s=320x240:r=25:d=1 -f lavfi -i sine=440:d=1 ${args} -shortest`, at(name));
    const messages = await play(file);
    assert.deepEqual(errorsOf(messages), []);
    const frames = framesOf(messages);
    assert.equal(frames.length, 25);
    assert.deepEqual([frames[0]?.width, frames[0]?.height], [320, 240]);
    const [end] = messages.filter((message) => message.kind === "end");
    assert.ok(end?.kind === "end" && Math.abs(end.timelineUs - 1e6) < 60_000, `ends at ${end?.kind === "end" ? end.timelineUs : "?"}`);
    const sound = joinSound(soundOf(messages), 2);
    assert.equal(sound.length / 2, Math.round((end.timelineUs * 44_100) / 1e6));
    assert.ok(loudness(sound, 44_100, 2, 0.2, 0.8) > 1000);
  });
}

test("pictures keep their exact times, those of a variable frame rate too", async () => {
  const file = ffmpeg(`-f lavfi -i testsrc=s=160x120:r=30:d=2 -vf select='not(eq(mod(n\\,3)\\,1))' -vsync vfr ${H264}`, at("vfr.mp4"));
  const times = framesOf(await play(file)).map(({ timelineUs }) => Math.round((timelineUs * 30) / 1e6));
  assert.deepEqual(times.slice(0, 6), [0, 2, 3, 5, 6, 8]);
});

test("a film that is turned by metadata is sent upright", async () => {
  const flat = ffmpeg(
    `-f lavfi -i color=red:s=320x160:r=25:d=0.2 -vf drawbox=x=0:y=0:w=160:h=160:color=blue:t=fill ${H264}`,
    at("flat.mp4"),
  );
  for (const [degrees, blue, red] of [
    ["90", [0.5, 0.9], [0.5, 0.1]],
    ["270", [0.5, 0.1], [0.5, 0.9]],
    ["180", [0.9, 0.5], [0.1, 0.5]],
  ] as const) {
    const file = ffmpeg(`-i ${flat} -c copy -metadata:s:v rotate=${degrees}`, at(`turned-${degrees}.mp4`));
    const [frame] = framesOf(await play(file));
    assert.ok(frame !== undefined);
    assert.deepEqual([frame.width, frame.height], degrees === "180" ? [320, 160] : [160, 320]);
    assert.ok(isNear(colourAt(frame.jpeg, ...blue), [0, 0, 255], 12), `${degrees}: ${colourAt(frame.jpeg, ...blue)}`);
    assert.ok(isNear(colourAt(frame.jpeg, ...red), [255, 0, 0], 12), `${degrees}: ${colourAt(frame.jpeg, ...red)}`);
  }
});

test("the sample aspect ratio gives the height", async () => {
  const file = ffmpeg(`-f lavfi -i testsrc=s=720x576:r=25:d=0.2 -vf setsar=64/45 ${H264}`, at("anamorphic.mp4"));
  const [frame] = framesOf(await play(file));
  assert.deepEqual([frame?.width, frame?.height], [500, 281]);
});

test("interlaced films play: DVDs, television, camcorders", async () => {
  const source = "-f lavfi -i testsrc=s=720x576:r=50:d=1 -f lavfi -i sine=440:d=1 -vf interlace,format=yuv420p";
  const plain = ffmpeg("-f lavfi -i testsrc=s=720x576:r=25:d=1 -c:v mpeg2video -pix_fmt yuv420p -q:v 2", at("progressive.mpg"));
  const [still] = framesOf(await play(plain));
  assert.ok(still !== undefined);
  for (const [name, args] of [
    ["interlaced.mpg", "-c:v mpeg2video -flags +ilme+ildct -q:v 2 -c:a ac3"],
    ["interlaced.ts", "-c:v libx264 -x264-params tff=1 -preset veryfast -threads 1 -c:a aac"],
    ["interlaced-709.mkv", "-c:v libx264 -x264-params tff=1 -preset veryfast -threads 1 -colorspace bt709 -c:a aac"],
  ] as const) {
    const messages = await play(ffmpeg(`${source} ${args}`, at(name)));
    assert.deepEqual(errorsOf(messages), [], name);
    const frames = framesOf(messages);
    assert.equal(frames.length, 25, name);
    const [first] = frames;
    if (first === undefined || name === "interlaced-709.mkv") continue;
    for (const x of [0.1, 0.4, 0.7]) assert.ok(isNear(colourAt(first.jpeg, x, 0.2), colourAt(still.jpeg, x, 0.2), 12), `${name} at ${x}`);
  }
});

test("colours are right for BT.601 and BT.709, full and limited range", async () => {
  for (const matrix of ["bt709", "smpte170m"]) {
    for (const range of ["tv", "pc"]) {
      const filter = `scale=out_color_matrix=${matrix}:out_range=${range}:flags=accurate_rnd,format=yuv420p,setparams=colorspace=${matrix}:range=${range}`;
      const source = "-f lavfi -i color=c=0xC84628:s=320x240:r=25:d=0.2,format=rgb24";
      const file = ffmpeg(
        `${source} -vf ${filter} ${H264} -qp 1 -colorspace ${matrix} -color_range ${range}`,
        at(`${matrix}-${range}.mp4`),
      );
      const [frame] = framesOf(await play(file));
      assert.ok(frame !== undefined);
      const colour = colourAt(frame.jpeg);
      assert.ok(isNear(colour, [0xc8, 0x46, 0x28], 6), `${matrix} ${range}: ${colour}`);
    }
  }
});

test("black and white of a limited range film become 0 and 255", async () => {
  for (const [name, level] of [
    ["black", 0],
    ["white", 255],
  ] as const) {
    const file = ffmpeg(`-f lavfi -i color=${name}:s=64x64:r=25:d=0.1 ${H264}`, at(`${name}.mp4`));
    const [frame] = framesOf(await play(file));
    assert.ok(frame !== undefined && isNear(colourAt(frame.jpeg), [level, level, level], 2));
  }
});

test("a film of one frame, a picture of 1×1 and one 16,384 wide play", async () => {
  const one = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=0.04 ${H264}`, at("one.mp4"));
  const oneMessages = await play(one);
  assert.equal(framesOf(oneMessages).length, 1);
  assert.deepEqual(oneMessages.at(-1), { kind: "end", generation: 1, timelineUs: 40_000 });
  const tiny = ffmpeg("-f lavfi -i color=green:s=1x1:r=25:d=0.2,format=yuv444p -c:v ffv1", at("tiny.mkv"));
  assert.deepEqual(
    framesOf(await play(tiny))
      .map(({ width, height }) => [width, height])
      .at(0),
    [1, 1],
  );
  const wide = ffmpeg("-f lavfi -i color=green:s=16384x64:r=25:d=0.08 -c:v ffv1", at("wide.mkv"));
  const wideFrames = framesOf(await play(wide));
  assert.ok(wideFrames.length > 0);
  assert.deepEqual([wideFrames[0]?.width, wideFrames[0]?.height], [500, 2]);
});

test("a film without sound comes with silence as long as its picture", async () => {
  const file = ffmpeg(`-f lavfi -i testsrc=s=160x120:r=25:d=1 ${H264}`, at("mute.mp4"));
  const sound = joinSound(soundOf(await play(file)), 2);
  assert.equal(sound.length / 2, 44_100);
  assert.ok(sound.every((sample) => sample === 0));
});

for (const [name, codec] of [
  ["song.mp3", "libmp3lame"],
  ["song.wav", "pcm_s16le"],
  ["song.flac", "flac"],
  ["song.ogg", "libvorbis"],
] as const) {
  test(`${name} plays without a picture`, async () => {
    const file = ffmpeg(`-f lavfi -i sine=440:d=1:r=48000 -c:a ${codec}`, at(name));
    const messages = await play(file);
    assert.deepEqual(errorsOf(messages), []);
    assert.deepEqual(framesOf(messages), []);
    const sound = joinSound(soundOf(messages), 2);
    assert.ok(Math.abs(sound.length / 2 - 44_100) < 2500, `${sound.length / 2} samples`);
    assert.ok(loudness(sound, 44_100, 2, 0.1, 0.9) > 1000);
  });
}

test("the cover of a song is no film", async () => {
  const cover = ffmpeg("-f lavfi -i testsrc=s=100x100 -frames:v 1", at("cover.jpg"));
  const args = `-f lavfi -i sine=440:d=0.5 -i ${cover} -map 0 -map 1 -c:v mjpeg -disposition:v attached_pic`;
  for (const [name, codec] of [
    ["covered.mp3", "libmp3lame"],
    ["covered.m4a", "aac"],
  ] as const) {
    const messages = await play(ffmpeg(`${args} -c:a ${codec}`, at(name)));
    assert.deepEqual(framesOf(messages), []);
    assert.ok(soundOf(messages).length > 10);
  }
});

test("a film with faster and slower stretches is told from one whose rate is the same everywhere", async () => {
  const isVariable = async (file: string): Promise<boolean | undefined> => {
    const [item] = (await play(file)).filter((message) => message.kind === "item");
    return item?.info.video?.isVariable;
  };
  const bursts = ffmpeg(
    `-f lavfi -i testsrc=s=64x48:r=60:d=3 -vf select='lt(t\\,1)+not(mod(n\\,15))' -vsync vfr ${H264}`,
    at("bursts.mp4"),
  );
  assert.equal(await isVariable(bursts), true);
  for (const name of ["steady.mp4", "steady.mkv", "steady.ts"])
    assert.equal(await isVariable(ffmpeg(`-f lavfi -i testsrc=s=64x48:r=30000/1001:d=3 ${H264}`, at(name))), false, name);
});
