/** The generated test film as an item. Drawn in the size that is sent, so that it costs little more than its JPEG. */

import type { ItemReader, ItemSink } from "../item-reader.ts";
import type { Pixels } from "../jpeg-encoder.ts";
import type { SourceFormat } from "../messages.ts";
import type { Size } from "../picture-size.ts";
import { type Canvas, createCanvas } from "../drawing/canvas.ts";
import { drawFrame, TEST_FILM_FPS, TEST_FILM_SECONDS, TEST_FILM_SIZE } from "./picture.ts";
import { beepSecond } from "./sound.ts";

const FRAME_COUNT = TEST_FILM_SECONDS * TEST_FILM_FPS;
const FRAME_US = 1e6 / TEST_FILM_FPS;

export function openTestFilmReader({ audio }: SourceFormat): ItemReader {
  let frame = 0;
  let canvas: Canvas | null = null;
  const second = audio === null ? null : beepSecond(audio.sampleRateHz, audio.channels);

  const render = ({ width, height }: Size): Pixels => {
    if (canvas === null || canvas.width !== width || canvas.height !== height) canvas = createCanvas(width, height);
    drawFrame(canvas, frame);
    return { width, height, bytes: Buffer.from(canvas.pixels.buffer), bytesPerPixel: 4, stridePixels: width };
  };

  return {
    facts: {
      name: "test film",
      durationMs: TEST_FILM_SECONDS * 1000,
      video: { codec: "generated", ...TEST_FILM_SIZE, fps: TEST_FILM_FPS, frameCount: FRAME_COUNT },
      audio: audio === null ? null : { codec: "generated", sampleRateHz: audio.sampleRateHz, channels: audio.channels },
    },
    picture: { startUs: 0, expectedEndUs: () => TEST_FILM_SECONDS * 1e6, heldFromUs: () => null },
    soundStartUs: audio === null ? null : 0,
    seek: (positionUs) => {
      frame = Math.min(FRAME_COUNT - 1, Math.floor(positionUs / FRAME_US));
      // Sound comes by the second: it is read from the last full one.
      frame -= frame % TEST_FILM_FPS;
    },
    passOver: () => {},
    step: (sink: ItemSink): boolean => {
      if (frame >= FRAME_COUNT) return false;
      if (audio !== null && second !== null && frame % TEST_FILM_FPS === 0) {
        sink.sound(0, (frame / TEST_FILM_FPS) * audio.sampleRateHz, second);
      }
      sink.picture(frame * FRAME_US, (frame + 1) * FRAME_US, { display: TEST_FILM_SIZE, render });
      frame++;
      return frame < FRAME_COUNT;
    },
    isWhole: () => frame >= FRAME_COUNT,
    close: () => {
      canvas = null;
    },
  };
}
