/** Films in the colours and the brightness of HDR, as an ordinary screen shows them. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { AV_PIX_FMT_YUV420P10LE, AVCOL_PRI_BT2020, AVCOL_PRI_BT709, AVCOL_TRC_SMPTE2084 } from "node-av/constants";
import type { AVColorPrimaries } from "node-av/constants";
import { Frame } from "node-av/lib";
import { createWideScaler, isWide } from "../../daemon/source/wide-colours.ts";
import { colourAt, ffmpeg, isNear, temporaryFolder } from "./media.ts";
import { framesOf, openCommand, runSource } from "./run-source.ts";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

/** Luma of 10 bits for what is as bright as white paper, 203 nits (ITU-R BT.2408), and for a tenth of that, which is 98 of 255 where white is 255. */
const CURVES = [
  { trc: "smpte2084", white: 573, dark: 388 },
  { trc: "arib-std-b67", white: 721, dark: 363 },
] as const;

for (const { trc, white, dark } of CURVES) {
  test(`white is white in a film of ${trc}, and what is dark is as dark as elsewhere`, async () => {
    const source = `-f lavfi -i color=s=320x240:r=25:d=0.2,format=yuv420p10le,geq=lum=if(lt(X\\,160)\\,${white}\\,${dark}):cb=512:cr=512`;
    const tags = `-color_primaries bt2020 -color_trc ${trc} -colorspace bt2020nc -color_range tv`;
    const film = ffmpeg(`${source} -c:v libx264 -preset ultrafast -threads 1 -qp 4 ${tags}`, at(`${trc}.mp4`));
    const [frame] = framesOf(await runSource(openCommand([film])));
    assert.ok(frame !== undefined);
    const [left, right] = [colourAt(frame.jpeg, 0.25), colourAt(frame.jpeg, 0.75)];
    assert.ok(isNear(left, [242, 242, 242], 14), `white is ${left}`);
    assert.ok(isNear(right, [98, 98, 98], 14), `dark is ${right}`);
  });
}

function makeFrame(width: number, height: number, colorPrimaries: AVColorPrimaries): Frame {
  const frame = new Frame();
  frame.alloc();
  Object.assign(frame, { width, height, format: AV_PIX_FMT_YUV420P10LE, colorPrimaries, colorTrc: AVCOL_TRC_SMPTE2084 });
  assert.ok(frame.getBuffer() >= 0);
  return frame;
}

test("a picture is made small before its colours are, which needs a context for each size and no more, however often a film is opened", () => {
  const steps: string[] = [];
  let made = 0;
  const createContext = () => ({
    scaleFrameSync: (into: Frame, from: Frame): number => steps.push(`${from.width} to ${into.width}, ${from.colorTrc === into.colorTrc}`),
    freeContext: () => {},
  });
  const counted = () => {
    made++;
    return createContext();
  };
  for (let pass = 0; pass < 3; pass++) {
    const scaler = createWideScaler(counted);
    const into = makeFrame(64, 48, AVCOL_PRI_BT709);
    Object.assign(into, { colorTrc: 1 });
    scaler.scale(into, makeFrame(640, 480, AVCOL_PRI_BT2020));
    scaler.close();
  }
  assert.deepEqual(steps.slice(0, 2), ["640 to 64, true", "64 to 64, false"]);
  // One for each pass, and one with a table.
  assert.deepEqual([steps.length, made], [6, 4]);
});

test("ordinary colours are none of its business", () => {
  const frame = makeFrame(64, 48, AVCOL_PRI_BT709);
  assert.ok(isWide(frame));
  Object.assign(frame, { colorTrc: 1 });
  assert.ok(!isWide(frame));
  Object.assign(frame, { colorPrimaries: AVCOL_PRI_BT2020 });
  assert.ok(isWide(frame));
});
