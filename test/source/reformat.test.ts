import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createEngineLoader } from "../../daemon/source/engine-loader.ts";
import { createPlayer } from "../../daemon/source/player.ts";
import { createReadAhead } from "../../daemon/source/read-ahead.ts";
import { reformat } from "../../daemon/source/reformat.ts";
import type { SourceMessage } from "../../daemon/source/messages.ts";
import { ffmpeg, H264, joinSound, temporaryFolder } from "./media.ts";
import { framesOf, openCommand, soundOf } from "./run-source.ts";

const folder = temporaryFolder();
const SLIDES = [60, 20] as const;

for (const seconds of SLIDES) {
  test(`a picture that stands for ${seconds} s is sent once more in the form that is wanted by now, and soon`, async () => {
    const film = ffmpeg(
      `-f lavfi -i testsrc2=s=64x48:r=1/${seconds}:d=60 -f lavfi -i sine=440:r=44100:d=60 ${H264} -c:a aac`,
      join(folder, `${seconds}.mp4`),
    );
    const engine = createEngineLoader(() => {});
    await engine.load();
    const open = openCommand([film]);
    const queue = createReadAhead(open.readAhead);
    const player = createPlayer(open, queue.push, { engine, cache: null });
    const sent: SourceMessage[] = [];
    /** As the daemon reads it: a second of sound, and the pictures with it. */
    const playASecond = (): void => {
      for (let pieces = 0; pieces < 40;) {
        while (!queue.isFull(Infinity)) player.step();
        const message = queue.shift();
        if (message !== null) sent.push(message);
        if (message?.kind === "audio") pieces++;
      }
    };
    playASecond();
    playASecond();
    for (const width of [32, 48]) {
      reformat({ ...open.format, width }, queue, player);
      playASecond();
    }
    for (let second = 0; second < 8; second++) playASecond();
    player.close();
    const frames = framesOf(sent);
    assert.deepEqual([frames[0]?.timelineUs, frames[0]?.width], [0, 64]);
    assert.equal(frames.at(-1)?.width, 48);
    assert.ok((frames.at(-1)?.timelineUs ?? Infinity) < 12e6, `${frames.at(-1)?.timelineUs} µs`);
    assert.ok(joinSound(withoutRepeats(sent), 2).length > 11 * 2 * 44_100);
  });
}

/** Some sound comes twice after a change of form. */
function withoutRepeats(sent: readonly SourceMessage[]): ReturnType<typeof soundOf> {
  let heardTo = 0;
  return soundOf(sent).flatMap((message) => {
    const { timelineSample, pcm } = message;
    const known = Math.max(0, heardTo - timelineSample);
    heardTo = Math.max(heardTo, timelineSample + pcm.length / 4);
    return known * 4 >= pcm.length ? [] : [{ ...message, timelineSample: timelineSample + known, pcm: pcm.subarray(known * 4) }];
  });
}
