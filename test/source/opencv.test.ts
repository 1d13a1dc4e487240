/** With `STREAMERD_TEST_ENGINE=opencv` the tests of films, timelines and bad files run by OpenCV as well: the stage "opencv" of test/run.ts. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import jpegTurbo from "@julusian/jpeg-turbo";
import * as v from "valibot";
import { ItemError } from "../../daemon/source/item-reader.ts";
import { createJpegEncoder } from "../../daemon/source/jpeg-encoder.ts";
import type { SourceFormat, SourceMessage, SourceStart } from "../../daemon/source/messages.ts";
import { CAP_FFMPEG, loadOpenCv, OPENCV4NODEJS_VERSION } from "../../daemon/source/opencv/binding.ts";
import { openOpenCvCamera, readCamera } from "../../daemon/source/opencv/camera.ts";
import { ffmpeg, H264, joinSound, temporaryFolder } from "./media.ts";
import { errorsOf, framesOf, openCommand, runSource, soundOf, startSource, STEREO } from "./run-source.ts";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const skip = whatIsMissing();
const named = process.env["STREAMERD_TEST_MEDIA"] ?? "";
const real = named === "" ? [] : [{ name: "STREAMERD_TEST_MEDIA", make: cutOfNamed }];
const tagged = "scale=out_color_matrix=bt709:flags=accurate_rnd,format=yuv420p,setparams=colorspace=bt709";

/** Films in which the engines differ inside: reordered pictures, another colour matrix, long pauses, a turn, odd pixels. */
const FILMS: readonly { readonly name: string; readonly make: () => string }[] = [
  ...real,
  { name: "B-frames and sound", make: () => make("b.mp4", "", "-c:v libx264 -bf 3 -g 20 -threads 1 -pix_fmt yuv420p -c:a aac") },
  {
    name: "BT.709",
    make: () => make("bt709.mp4", `-vf eq=saturation=0.4,${tagged}`, "-c:v libx264 -qp 10 -threads 1 -colorspace bt709 -c:a aac"),
  },
  { name: "10 bit in Matroska", make: () => make("ten.mkv", "", "-c:v libx264 -bf 2 -pix_fmt yuv420p10le -threads 1 -c:a libopus") },
  { name: "a variable rate", make: () => make("vfr.mp4", "-vf select=not(eq(mod(n\\,7)\\,3)) -vsync vfr", `${H264} -c:a aac`) },
  { name: "anamorphic MPEG-2", make: () => make("sar.ts", "-vf setsar=16/11", "-c:v mpeg2video -b:v 6M -bf 2 -c:a mp2") },
  {
    name: "turned by metadata",
    make: () => ffmpeg(`-i ${make("flat.mp4", "", `${H264} -c:a aac`)} -c copy -metadata:s:v rotate=90`, at("turned.mp4")),
  },
];

for (const { name, make: film } of FILMS) {
  test(`the engines give the same pictures within 1 level of luma, times and sound: ${name}`, { skip }, async (context) => {
    const file = film();
    const [usual, opencv] = [await play(file, "default"), await play(file, "opencv")];
    assert.ok(framesOf(usual).length > 20);
    assert.deepEqual(shapeOf(opencv), shapeOf(usual));
    const { ofMeans, ofPixels } = lumaDifferences(usual, opencv);
    context.diagnostic(`luma differs by ${ofMeans.toFixed(2)} on average, its pixels by ${ofPixels.toFixed(2)}`);
    assert.ok(ofMeans <= 1 && ofPixels <= 1.5, `${ofMeans}, ${ofPixels}`);
  });

  // Where a film without an index begins after a seek is each engine's own affair.
  if (name.includes("MPEG-2")) continue;
  test(`the engines go to the same place: ${name}`, { skip }, async () => {
    const file = film();
    for (const positionMs of [300, 1980]) {
      const start = { generation: 1, itemIndex: 0, positionMs, timelineMs: 0 };
      const [usual, opencv] = [await play(file, "default", start), await play(file, "opencv", start)];
      assert.deepEqual(shapeOf(opencv), shapeOf(usual));
      const { ofMeans, ofPixels } = lumaDifferences(usual, opencv);
      assert.ok(ofMeans <= 1 && ofPixels <= 1.5, `${ofMeans}, ${ofPixels}`);
    }
  });
}

test("what OpenCV would show wrong it refuses, with the remedy", { skip }, async () => {
  const full = ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=0.2 -pix_fmt yuv420p -c:v ffv1 -color_range pc", at("full.mkv"));
  const cover = ffmpeg("-f lavfi -i testsrc=s=64x48:r=25:d=0.04", at("cover.png"));
  const film = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=1 ${H264}`, at("plain.mp4"));
  const covered = ffmpeg(`-i ${film} -i ${cover} -map 0 -map 1 -c copy -disposition:v:1 attached_pic`, at("covered.mp4"));
  writeFileSync(at("second.mp4"), withCoverFirst(readFileSync(covered)));
  for (const [file, says] of [
    [full, /full\.mkv: OpenCV takes its full-range picture for a limited one and clips it; set engine to default for it/],
    [at("second.mp4"), /second\.mp4: its picture is not its first stream of that kind, which OpenCV would read; set engine to default/],
  ] as const) {
    assert.match(errorsOf(await play(file, "opencv"))[0]?.message ?? "", says);
    assert.deepEqual(errorsOf(await play(file, "default")), []);
  }
});

test("without its binding the source ends with one line that names the remedy, also where it would play sound alone", async () => {
  const film = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=1 -f lavfi -i sine=440:d=1 ${H264} -c:a aac`, at("film.mp4"));
  const before = { ...process.env };
  process.env["XDG_CACHE_HOME"] = at("nothing");
  delete process.env["CACHE_DIRECTORY"];
  const run = startSource(openCommand([film], { format: formatOf("opencv") }));
  Object.assign(process.env, before);
  if (before["XDG_CACHE_HOME"] === undefined) delete process.env["XDG_CACHE_HOME"];
  assert.equal((await run.exited).code, 2);
  const [error, ...more] = errorsOf(run.messages);
  assert.match(
    error?.message ?? "",
    /^engine opencv: OpenCV's binding is not installed \(.*\/nothing\/streamerd\/opencv\); run npm run setup:opencv, or set engine to default$/,
  );
  assert.deepEqual(more, []);
  assert.deepEqual(framesOf(run.messages), []);
});

test("a binding that does not load says so, and so does one of a place that the daemon's service has", async () => {
  const place = at(`service/streamerd/opencv/${OPENCV4NODEJS_VERSION}-node${process.versions.modules}-${process.arch}-opencv4.6.0`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "opencv4nodejs.node"), "no library");
  const script = "const { loadOpenCv } = await import(process.argv[1]); try { loadOpenCv() } catch ({ message }) { console.log(message) }";
  const binding = join(ROOT, "daemon/source/opencv/binding.ts");
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script, binding], {
    encoding: "utf8",
    env: { ...process.env, CACHE_DIRECTORY: at("service") },
  });
  assert.match(said, /does not load, since its libraries have changed \(.*service\/streamerd\/opencv\); run npm run setup:opencv/);
});

test("loading and playing print nothing to stdout", { skip }, () => {
  const script = "const { loadOpenCv } = await import(process.argv[1]); new (loadOpenCv().VideoCapture)(process.argv[2], 1900).read();";
  const film = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=25:d=0.2 ${H264}`, at("quiet.mp4"));
  const binding = join(ROOT, "daemon/source/opencv/binding.ts");
  assert.equal(execFileSync(process.execPath, ["--input-type=module", "-e", script, binding, film], { encoding: "utf8" }), "");
});

test("a missing camera, and what is no camera, is one line that names it and the remedy", { skip }, () => {
  const open = (device: string) => () => openOpenCvCamera(device, { width: 640, height: 480, fps: 30 });
  assert.throws(
    open("/dev/video77"),
    new ItemError("/dev/video77: there is no such camera; plug it in, or name another one of /dev/video*"),
  );
  assert.throws(open("/dev/null"), /\/dev\/null: OpenCV cannot open it as a camera; end the program that uses it/);
});

test("a camera's pictures go into the encoder, each with a time, and null where none comes", { skip }, () => {
  const film = ffmpeg(`-f lavfi -i testsrc=s=320x240:r=25:d=0.2 ${H264}`, at("camera.mp4"));
  const cv = loadOpenCv();
  // No camera is here: OpenCV reads a film by the same calls.
  const camera = readCamera(cv, new cv.VideoCapture(film, CAP_FFMPEG));
  const encode = createJpegEncoder({ ...formatOf("opencv"), width: 160 });
  for (let index = 0; index < 5; index++) {
    const read = camera.read();
    assert.ok(read !== null && Math.abs(read.capturedMs - Number(process.hrtime.bigint()) / 1e6) < 1000);
    const encoded = encode(read.picture);
    assert.deepEqual([encoded?.width, encoded?.height], [160, 120]);
  }
  assert.equal(camera.read(), null);
  camera.close();
});

test("the version that is built is the one that is looked for", () => {
  const built = v.object({ dependencies: v.object({ "@u4/opencv4nodejs": v.literal(OPENCV4NODEJS_VERSION) }) });
  assert.ok(v.is(built, JSON.parse(readFileSync(join(ROOT, "bin/opencv/package.json"), "utf8"))));
});

test("the second setup does nothing", { skip }, () => {
  const said = execFileSync("sh", [join(ROOT, "bin/setup-opencv")], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  assert.equal(said, "");
});

/** test/run builds it; where it could not, it has said why. */
function whatIsMissing(): string | false {
  try {
    loadOpenCv();
    return false;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function formatOf(engine: SourceFormat["engine"]): SourceFormat {
  return { ...STEREO, engine };
}

/** The box with the cover moved before the film's track, where some programs write it. The moov keeps its length: no offset changes. */
function withCoverFirst(film: Buffer): Buffer {
  const box = (name: string): { readonly start: number; readonly end: number } => {
    const start = film.indexOf(name) - 4;
    return { start, end: start + film.readUInt32BE(start) };
  };
  const [track, cover] = [box("trak").start, box("udta")];
  return Buffer.concat([
    film.subarray(0, track),
    film.subarray(cover.start, cover.end),
    film.subarray(track, cover.start),
    film.subarray(cover.end),
  ]);
}

/** Its first six seconds. The link has no space in its name, at which arguments are split. */
function cutOfNamed(): string {
  if (!existsSync(at("named"))) symlinkSync(resolve(named), at("named"));
  return ffmpeg(`-i ${at("named")} -t 6 -c copy`, at("real.mkv"));
}

/** Two and a half seconds of a moving pattern and a tone. */
function make(name: string, filter: string, codecs: string): string {
  return ffmpeg(`-f lavfi -i testsrc2=s=640x480:r=25:d=2.5 -f lavfi -i sine=440:r=44100:d=2.5 ${filter} ${codecs}`, at(name));
}

function play(file: string, engine: SourceFormat["engine"], start?: SourceStart): Promise<SourceMessage[]> {
  return runSource(openCommand([file], { format: formatOf(engine), ...(start === undefined ? {} : { start }) }));
}

/** Everything but the pixels: how many pictures, when and how large, the facts on the item, every sample, the end. */
function shapeOf(messages: readonly SourceMessage[]): unknown {
  return {
    pictures: framesOf(messages).map(({ timelineUs, width, height }) => [timelineUs, width, height]),
    items: messages.filter((message) => message.kind === "item"),
    sound: Buffer.from(joinSound(soundOf(messages), 2).buffer).toString("base64").length,
    end: messages.filter((message) => message.kind === "end"),
  };
}

/** The largest difference of two pictures' mean luma, and the mean of the absolute differences of all pixels of all pictures. */
function lumaDifferences(
  a: readonly SourceMessage[],
  b: readonly SourceMessage[],
): { readonly ofMeans: number; readonly ofPixels: number } {
  const others = framesOf(b);
  let [ofMeans, absolute, count] = [0, 0, 0];
  for (const [index, { jpeg }] of framesOf(a).entries()) {
    const [mine, other] = [lumaOf(jpeg), lumaOf(others[index]?.jpeg ?? jpeg)];
    let signed = 0;
    for (const [place, level] of mine.entries()) {
      const difference = level - (other[place] ?? 0);
      signed += difference;
      absolute += Math.abs(difference);
    }
    ofMeans = Math.max(ofMeans, Math.abs(signed) / mine.length);
    count += mine.length;
  }
  return { ofMeans, ofPixels: absolute / count };
}

function lumaOf(jpeg: Uint8Array): Buffer {
  return jpegTurbo.decompressSync(Buffer.from(jpeg), { format: jpegTurbo.FORMAT_GRAY }).data;
}
