import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { playOnce, startAt } from "./cache-run.ts";
import { ffmpeg, H264, joinSound, loudness, temporaryFolder } from "./media.ts";
import { openCommand, runSource, soundOf, STEREO } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const PICTURE = "-f lavfi -i testsrc=s=160x120:r=25:d=2";
const RATE = 44_100;

async function soundFor(file: string): Promise<Int16Array> {
  return joinSound(soundOf(await runSource(openCommand([file]))), 2);
}

/** Correlation at equal places, of two channels interleaved. */
function correlation(a: Int16Array, b: Int16Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

test("5.1 is mixed down as ffmpeg does it, sample by sample in place", async () => {
  const six = "anoisesrc=d=2:c=pink:r=48000:a=0.3,aeval=val(0)|val(0)*0.5|val(0)*-0.3|0|val(0)*0.2|val(0)*0.1:c=5.1";
  const file = ffmpeg(`${PICTURE} -f lavfi -i ${six} ${H264} -c:a flac`, at("surround.mkv"));
  const bytes = execFileSync("ffmpeg", ["-v", "error", "-i", file, "-vn", "-ac", "2", "-ar", String(RATE), "-f", "s16le", "-"], {
    maxBuffer: 1 << 28,
  });
  const expected = new Int16Array(new Uint8Array(bytes).buffer);
  assert.ok(correlation(await soundFor(file), expected) > 0.999);
});

test("mono is heard on both sides, as loud as it was", async () => {
  const file = ffmpeg(`${PICTURE} -f lavfi -i sine=440:d=2:r=44100 ${H264} -c:a pcm_s16le -ac 1`, at("mono.mkv"));
  const sound = await soundFor(file);
  const [left, right] = [loudness(sound, RATE, 2, 0.2, 1.8, 0), loudness(sound, RATE, 2, 0.2, 1.8, 1)];
  assert.ok(Math.abs(left - right) < 2);
  // sine has an amplitude of 1/8.
  assert.ok(Math.abs(left - 32_767 / 8 / Math.SQRT2) < 60, `${left}`);
});

test("odd sample rates come out in the wanted one, with the same length", async () => {
  for (const rate of [8000, 11_025, 22_050, 37_800, 96_000]) {
    const file = ffmpeg(`${PICTURE} -f lavfi -i sine=440:d=2:r=${rate} ${H264} -c:a pcm_s16le`, at(`rate-${rate}.mkv`));
    const sound = await soundFor(file);
    assert.equal(sound.length / 2, 2 * RATE);
    assert.ok(loudness(sound, RATE, 2, 1.9, 1.98) > 2000, `${rate} Hz fades at the end`);
  }
});

test("a mono channel of 48 kHz gets mono of 48 kHz", async () => {
  const file = ffmpeg(`${PICTURE} -f lavfi -i sine=440:d=2:r=44100 ${H264} -c:a aac -ac 2`, at("stereo.mp4"));
  const format = { ...STEREO, audio: { sampleRateHz: 48_000, channels: 1 } } as const;
  const sound = joinSound(soundOf(await runSource(openCommand([file], { format }))), 1);
  assert.equal(sound.length, 96_000);
});

test("a channel without sound gets none", async () => {
  const file = ffmpeg(`${PICTURE} -f lavfi -i sine=440:d=2 ${H264} -c:a aac`, at("unheard.mp4"));
  assert.deepEqual(soundOf(await runSource(openCommand([file], { format: { ...STEREO, audio: null } }))), []);
});

test("sound that starts late is preceded by silence, in MP4 and Matroska", async () => {
  for (const name of ["late.mp4", "late.mkv"]) {
    const file = ffmpeg(`${PICTURE} -itsoffset 0.7 -f lavfi -i sine=440:d=1:r=44100 ${H264} -c:a aac`, at(name));
    const sound = await soundFor(file);
    assert.equal(sound.length / 2, 2 * RATE);
    assert.ok(loudness(sound, RATE, 2, 0, 0.66) < 5, `${name}: ${loudness(sound, RATE, 2, 0, 0.66)}`);
    assert.ok(loudness(sound, RATE, 2, 0.75, 1.65) > 2000);
    assert.ok(loudness(sound, RATE, 2, 1.78, 2) < 5);
  }
});

test("sound that starts very late does not hold the picture up for long, and comes at its time", async () => {
  const file = ffmpeg(
    `-f lavfi -i testsrc=s=160x120:r=25:d=12 -itsoffset 10 -f lavfi -i sine=440:d=1:r=44100 ${H264} -c:a libopus`,
    at("very-late.mkv"),
  );
  const sound = await soundFor(file);
  assert.equal(sound.length / 2, 12 * RATE);
  assert.ok(loudness(sound, RATE, 2, 0, 9.95) < 5);
  assert.ok(loudness(sound, RATE, 2, 10.1, 10.9) > 2000);
});

test("a gap in the sound is silence, and what follows stays in its place", async () => {
  const gap = "aselect='not(between(t\\,0.8\\,1.2))'";
  const file = ffmpeg(`${PICTURE} -f lavfi -i sine=440:d=2:r=48000 -af ${gap} ${H264} -c:a pcm_s16le`, at("gap.mkv"));
  const sound = await soundFor(file);
  assert.equal(sound.length / 2, 2 * RATE);
  assert.ok(loudness(sound, RATE, 2, 0.1, 0.78) > 2000);
  assert.ok(loudness(sound, RATE, 2, 0.83, 1.17) < 5, `${loudness(sound, RATE, 2, 0.83, 1.17)}`);
  assert.ok(loudness(sound, RATE, 2, 1.25, 1.95) > 2000);
});

test("sound goes on through pictures that stand for some seconds each", async () => {
  const slides = ffmpeg(`-f lavfi -i testsrc=s=64x48:r=1/5:d=15 -f lavfi -i sine=440:d=15:r=44100 ${H264} -c:a aac`, at("slides.mp4"));
  const sound = await soundFor(slides);
  for (let second = 0; second < 15; second++) assert.ok(loudness(sound, RATE, 2, second + 0.1, second + 0.9) > 2000, `at ${second} s`);
});

test("sound that is longer than the picture is cut, at the latest end of the picture", async () => {
  for (const name of ["long-sound.mp4", "long-sound.mkv"]) {
    const file = ffmpeg(`${PICTURE} -f lavfi -i sine=440:d=20:r=44100 ${H264} -c:a libmp3lame`, at(name));
    const messages = await runSource(openCommand([file]));
    const end = messages.at(-1);
    // Matroska's picture starts 25 ms late here, by the MP3 encoder's delay.
    assert.ok(end?.kind === "end" && end.timelineUs >= 2e6 && end.timelineUs < 2.03e6);
    assert.equal(joinSound(soundOf(messages), 2).length / 2, Math.round((end.timelineUs * RATE) / 1e6), name);
  }
});

test("an edit list that cuts the beginning off is obeyed by picture and sound", async () => {
  const film = ffmpeg(
    `-f lavfi -i color=black:s=160x120:r=25:d=2,drawbox=color=white:t=fill:enable='gte(t\\,1)' -f lavfi -i sine=440:d=2:r=48000,volume='gte(t\\,1)':eval=frame ${H264} -g 50 -bf 0 -c:a aac`,
    at("whole.mp4"),
  );
  // Copied from 0.9 s: the key frame at 0 is kept in the file, and an edit list hides what lies before.
  const file = ffmpeg(`-ss 0.9 -i ${film} -c copy`, at("edited.mp4"));
  const sound = await soundFor(file);
  assert.ok(Math.abs(sound.length / 2 - 1.1 * RATE) < 0.05 * RATE, `${sound.length / 2 / RATE} s`);
  assert.ok(loudness(sound, RATE, 2, 0, 0.05) < 300);
  assert.ok(loudness(sound, RATE, 2, 0.15, 1) > 2000);
});

test("a film that was cut without being encoded anew is heard from the sought place on", async () => {
  const film = ffmpeg(
    `-f lavfi -i testsrc=s=64x48:r=25:d=10 -f lavfi -i sine=440:d=10:r=48000 ${H264} -g 75 -bf 0 -c:a aac`,
    at("uncut.mp4"),
  );
  // Of the sound 2.9 s lie hidden at the beginning, as much as of the picture.
  const cut = ffmpeg(`-ss 2.9 -i ${film} -c copy`, at("cut.mp4"));
  for (const positionMs of [300, 3000]) {
    const run = await playOnce([cut], null, { start: startAt(positionMs) });
    const heard = joinSound(soundOf(run.messages), 2);
    assert.ok(loudness(heard, RATE, 2, 0.02, 0.4) > 2000, `from ${positionMs} ms on`);
  }
});
