import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { parseJpegForTest } from "./jpeg-headers.ts";
import { ffmpeg, temporaryFolder } from "./media.ts";
import { framesOf, openCommand, runSource, STEREO } from "./run-source.ts";

const folder = temporaryFolder();
const noise = ffmpeg(
  "-f lavfi -i nullsrc=s=2000x1124:r=25:d=0.6,geq=random(1)*255:128:128,format=yuv420p -c:v mjpeg -q:v 2",
  join(folder, "noise.avi"),
);
const calm = ffmpeg("-f lavfi -i testsrc=s=2000x1124:r=25:d=4 -c:v mjpeg -q:v 2", join(folder, "calm.avi"));

test("white noise 2,000 wide never goes over maxFrameBytes, and says what quality and size it got", async () => {
  const format = { ...STEREO, width: 2000, maxFrameBytes: 65_507 };
  const frames = framesOf(await runSource(openCommand([noise], { format })));
  assert.equal(frames.length, 15);
  for (const { jpeg, width, height, quality, isReduced } of frames) {
    assert.ok(jpeg.length <= 65_507, `${jpeg.length} bytes`);
    assert.ok(quality >= 20 && width < 2000 && isReduced);
    const header = parseJpegForTest(jpeg);
    assert.deepEqual([header.width, header.height], [width, height]);
  }
});

test("after noise a calm picture climbs back to what is wanted", async () => {
  const format = { ...STEREO, width: 2000, maxFrameBytes: 200_000 };
  const frames = framesOf(await runSource(openCommand([noise, calm, calm, calm], { format })));
  const last = frames.at(-1);
  assert.ok((frames[14]?.width ?? 0) < (last?.width ?? 0));
  assert.ok(frames.every(({ jpeg }) => jpeg.length <= 200_000));
});

test("a JPEG is baseline, 4:2:0, one scan, with the standard Huffman tables and IJG's tables for the quality", async () => {
  const [frame] = framesOf(await runSource(openCommand([{ kind: "test-film" }]), (message) => message.kind === "frame"));
  assert.ok(frame !== undefined);
  assert.equal(frame.quality, 80);
  const header = parseJpegForTest(frame.jpeg);
  assert.deepEqual([header.width, header.height, header.startOfFrame, header.scans], [500, 281, 0xc0, 1]);
  assert.deepEqual(header.sampling, [0x22, 0x11, 0x11]);
  // IJG: (16 · 40 + 50) / 100 and (17 · 40 + 50) / 100.
  assert.deepEqual(header.firstQuantizers, [6, 7]);
  // ITU-T T.81, K.3: lengths of the four standard tables.
  assert.deepEqual(header.huffmanLengths, [12, 12, 162, 162]);
  assert.equal(header.restartInterval, 0);
});
