import assert from "node:assert/strict";
import { test } from "node:test";
import { createCanvas } from "../../daemon/source/drawing/canvas.ts";
import { drawFrame, TEST_FILM_FPS } from "../../daemon/source/test-film/picture.ts";
import { colourAt, isNear, joinSound, loudness } from "./media.ts";
import { framesOf, openCommand, runSource, soundOf } from "./run-source.ts";

const FILM = openCommand([{ kind: "test-film" }], { loop: true });

test("flash and beep begin together at each full second, over the loop too", async () => {
  const start = { generation: 1, itemIndex: 0, positionMs: 57_000, timelineMs: 0 };
  const messages = await runSource({ ...FILM, start }, (message) => message.kind === "frame" && message.timelineUs >= 5.5e6);
  const frames = framesOf(messages).filter(({ timelineUs }) => timelineUs < 5e6);
  assert.equal(frames.length, 5 * TEST_FILM_FPS);
  const white = frames
    .filter(({ jpeg }) => isNear(colourAt(jpeg, 0.02, 0.02), [255, 255, 255], 3))
    .map(({ timelineUs }) => timelineUs / 1000);
  assert.deepEqual(
    white.filter((timeMs) => timeMs % 1000 === 0),
    [0, 1000, 2000, 3000, 4000],
  );
  assert.equal(white.length, 15);
  const sound = joinSound(soundOf(messages), 2);
  for (let second = 0; second < 5; second++) {
    assert.ok(loudness(sound, 44_100, 2, second, second + 0.1) > 5000);
    assert.ok(loudness(sound, 44_100, 2, second + 0.1, second + 1) < 1);
  }
});

test("each frame shows another number", () => {
  const seen = new Set<string>();
  for (let index = 0; index < 60; index++) {
    const canvas = createCanvas(320, 180);
    drawFrame(canvas, index);
    const box = Array.from({ length: 60 }, (_, row) => canvas.pixels.slice((36 + row) * 320 + 40, (36 + row) * 320 + 280).join());
    seen.add(box.join());
  }
  assert.equal(seen.size, 60);
});

test("it can be drawn in any size", () => {
  for (const [width, height] of [
    [1, 1],
    [16, 9],
    [501, 3],
    [2040, 1148],
  ] as const)
    drawFrame(createCanvas(width, height), 7);
});
