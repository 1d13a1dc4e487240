/** How long a film is said to be before it was played: as long as it is, or nothing. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isCutOff } from "../../daemon/source/cut-off.ts";
import { playOnce } from "./cache-run.ts";
import { ffmpeg, H264, temporaryFolder } from "./media.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

const FILM = `-f lavfi -i testsrc=s=64x48:r=25:d=4 -f lavfi -i sine=440:d=4 ${H264} -c:a aac`;
const film = ffmpeg(`${FILM} -movflags +faststart`, at("film.mp4"));

async function lengthsOf(
  path: string,
): Promise<{ readonly saidMs: number | null; readonly tookMs: number; readonly frameCount: number | null }> {
  const { messages } = await playOnce([path], null);
  const [item] = messages.filter((message) => message.kind === "item");
  const end = messages.at(-1);
  assert.ok(item !== undefined && end?.kind === "end");
  return { saidMs: item.info.durationMs, tookMs: end.timelineUs / 1000, frameCount: item.info.video?.frameCount ?? null };
}

/** As much of a file as a download brought that broke off. */
function cut(path: string, name: string): string {
  const bytes = readFileSync(path);
  writeFileSync(at(name), bytes.subarray(0, bytes.length * 0.6));
  return at(name);
}

test("a film is as long as its picture, and not as its subtitles", async () => {
  writeFileSync(at("late.srt"), "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\n00:00:38,000 --> 00:00:40,000\ntwo\n");
  const { saidMs, tookMs } = await lengthsOf(ffmpeg(`-i ${film} -i ${at("late.srt")} -map 0 -map 1 -c copy -c:s srt`, at("subtitled.mkv")));
  assert.ok(Math.abs((saidMs ?? 0) - tookMs) < 1, `${saidMs} of ${tookMs} ms`);
});

test("a whole film says its length", async () => {
  for (const whole of [film, ...["whole.mkv", "whole.flv"].map((name) => ffmpeg(`-i ${film} -c copy`, at(name)))]) {
    const { saidMs, tookMs } = await lengthsOf(whole);
    assert.ok(Math.abs((saidMs ?? 0) - tookMs) < 1, `${whole}: ${saidMs} of ${tookMs} ms`);
    assert.ok(!isCutOff(whole));
  }
});

test("what broke off says nothing of its length", async () => {
  const others = ["mkv", "flv"].map((kind) => cut(ffmpeg(`-i ${film} -c copy`, at(`to-cut.${kind}`)), `cut.${kind}`));
  for (const broken of [cut(film, "cut.mp4"), ...others]) {
    const { saidMs, tookMs } = await lengthsOf(broken);
    assert.equal(saidMs, null, broken);
    assert.ok(tookMs > 1000 && tookMs < 3500);
  }
});

test("an AVI that was written into a pipe says nothing, neither of its length nor of the number of its pictures", async () => {
  const args = "-v error -f lavfi -i testsrc=s=64x48:r=25:d=4 -c:v mpeg4 -f avi pipe:1";
  writeFileSync(at("piped.avi"), execFileSync("ffmpeg", args.split(" ")));
  assert.deepEqual(await lengthsOf(at("piped.avi")), { saidMs: null, tookMs: 4000, frameCount: null });
});

test("AAC without a container says nothing: its length could only be guessed", async () => {
  const { saidMs } = await lengthsOf(
    ffmpeg("-f lavfi -i sine=440:d=4 -f lavfi -i anoisesrc=d=4 -filter_complex concat=v=0:a=1", at("song.aac")),
  );
  assert.equal(saidMs, null);
});

test("a Matroska file whose writer did not know its end is not taken for cut off, nor is one that has gone", () => {
  const args = `-v error -i ${film} -c copy -f matroska pipe:1`;
  writeFileSync(at("piped.mkv"), execFileSync("ffmpeg", args.split(" ")));
  assert.ok(!isCutOff(at("piped.mkv")));
  assert.ok(!isCutOff(at("not-there.mkv")));
});
