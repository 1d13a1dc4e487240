/** Which picture and which sound of a file are sent. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { playOnce } from "./cache-run.ts";
import { ffmpeg, H264, joinSound, loudness, temporaryFolder } from "./media.ts";
import { framesOf, soundOf } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

test("a cover that is called a film is left out where there is a film", async () => {
  const cover = ffmpeg("-f lavfi -i testsrc=s=100x100 -frames:v 1", at("plain-cover.png"));
  const film = ffmpeg(`-f lavfi -i testsrc=s=320x240:r=25:d=1 ${H264}`, at("uncovered.mp4"));
  const { messages } = await playOnce([ffmpeg(`-i ${cover} -i ${film} -map 0 -map 1 -c copy`, at("plainly-covered.mp4"))], null);
  assert.equal(framesOf(messages).length, 25);
  assert.equal(framesOf(messages)[0]?.width, 320);
});

test("of several sounds the one is heard that the film calls its own, else the first", async () => {
  const sounds = "-f lavfi -i testsrc=s=64x48:r=25:d=1 -f lavfi -i anullsrc=d=1 -f lavfi -i sine=440:d=1 -map 0 -map 1 -map 2 -shortest";
  for (const [name, flags, isLoud] of [
    ["second.mkv", "-disposition:a:0 0 -disposition:a:1 default", true],
    ["none.mkv", "-disposition:a:0 0 -disposition:a:1 0", false],
  ] as const) {
    const { messages } = await playOnce([ffmpeg(`${sounds} ${H264} -c:a pcm_s16le ${flags} -default_mode passthrough`, at(name))], null);
    assert.equal(loudness(joinSound(soundOf(messages), 2), 44_100, 2, 0.1, 0.9) > 1000, isLoud, name);
  }
});
