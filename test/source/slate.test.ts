import assert from "node:assert/strict";
import { test } from "node:test";
import { createCanvas } from "../../daemon/source/drawing/canvas.ts";
import type { ItemReader } from "../../daemon/source/item-reader.ts";
import type { Picture } from "../../daemon/source/jpeg-encoder.ts";
import { drawSlate } from "../../daemon/source/slate/picture.ts";
import { openSlateReader } from "../../daemon/source/slate/reader.ts";

const SIZE = { width: 160, height: 90 };

/** The pixels of the next picture. */
function pixelsOf(reader: ItemReader): Uint8Array {
  let bytes: Uint8Array | null = null;
  const picture = (_positionUs: number, _endUs: number, { render }: Picture): void => {
    const rendered = render(SIZE);
    bytes = "bytes" in rendered ? Uint8Array.from(rendered.bytes) : null;
  };
  reader.step({ picture, encoded: () => {}, sound: () => {} });
  return bytes ?? assert.fail("no pixels");
}

function slateAt(ms: number): Uint8Array {
  const canvas = createCanvas(SIZE.width, SIZE.height);
  drawSlate(canvas, "x", new Date(ms));
  return new Uint8Array(canvas.pixels.buffer);
}

test("the slate tells the time of day, also when it is opened again in another form, and when the clock is set", (context) => {
  const startMs = Date.UTC(2026, 0, 1, 12);
  let passedMs = 0;
  let setByMs = 0;
  context.mock.method(performance, "now", () => 5000 + passedMs);
  context.mock.method(Date, "now", () => startMs + passedMs + setByMs);
  assert.deepEqual(pixelsOf(openSlateReader("x")), slateAt(startMs));
  passedMs = 3_600_000;
  const again = openSlateReader("x");
  // What is drawn now is shown in three seconds.
  again.seek((passedMs + 3000) * 1000);
  assert.deepEqual(pixelsOf(again), slateAt(startMs + passedMs + 3000));
  setByMs = 7 * 60_000;
  assert.deepEqual(pixelsOf(again), slateAt(startMs + passedMs + 3500 + setByMs));
});
