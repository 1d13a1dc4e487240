import assert from "node:assert/strict";
import { test } from "node:test";
import { displaySize, sizeForWidth } from "../../daemon/source/picture-size.ts";

const cases = [
  { stored: [854, 480], aspect: 1, turned: false, width: 500, sent: [500, 281] },
  { stored: [1280, 720], aspect: 0, turned: false, width: 500, sent: [500, 281] },
  { stored: [720, 576], aspect: 64 / 45, turned: false, width: 500, sent: [500, 281] },
  { stored: [1920, 1080], aspect: 1, turned: true, width: 500, sent: [500, 889] },
  { stored: [320, 240], aspect: 1, turned: false, width: 500, sent: [320, 240] },
  { stored: [1, 1], aspect: 1, turned: false, width: 500, sent: [1, 1] },
  { stored: [16_384, 16], aspect: 1, turned: false, width: 500, sent: [500, 1] },
  { stored: [16, 16_384], aspect: 1, turned: false, width: 500, sent: [2, 2040] },
  { stored: [4096, 2160], aspect: 1, turned: false, width: 2040, sent: [2040, 1076] },
  { stored: [3000, 4000], aspect: 1, turned: false, width: 2000, sent: [1530, 2040] },
] as const;

for (const { stored, aspect, turned, width, sent } of cases) {
  test(`${stored.join("×")}${turned ? " turned" : ""} at width ${width} is sent as ${sent.join("×")}`, () => {
    const size = sizeForWidth(displaySize({ width: stored[0], height: stored[1] }, aspect, turned), width);
    assert.deepEqual([size.width, size.height], sent);
  });
}
