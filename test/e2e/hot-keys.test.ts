import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJpegPayload } from "../../wire/jpeg/index.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { lacks } from "./needs.ts";
import type { Datagram } from "./pcap.ts";
import { analyseRtp } from "./rtp-analysis.ts";
import { largestGapMs, setTheStage, VIDEO_PORT } from "./stage.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "ffmpeg", "tcpdump");
const AUDIO_PORT = 5006;

type Seen = { readonly rtpTs: number; readonly q: number; readonly width: number };

/** The first fragment of each picture. */
function pictureForms(datagrams: readonly Datagram[]): readonly Seen[] {
  return datagrams.flatMap(({ destinationPort, payload }): readonly Seen[] => {
    const rtp = destinationPort === VIDEO_PORT ? parseRtp(payload) : null;
    const jpeg = rtp?.ok === true ? parseJpegPayload(rtp.value.payload) : null;
    if (rtp?.ok !== true || jpeg?.ok !== true || jpeg.value.fragmentOffset > 0) return [];
    return [{ rtpTs: rtp.value.rtpTs, q: jpeg.value.q, width: jpeg.value.width }];
  });
}

test(
  "hot keys change in the running stream: no picture is missing, no sound, and the status names what is overridden",
  { skip },
  async (context) => {
    const { daemon, capture } = await setTheStage(context);
    const running = await capture();
    assert.match((await daemon.streamctl("set", "quality", "30")).stdout, /video\.quality is 30 \(80 in the configuration\)/);
    await waitFor("quality 30", async () => (await daemon.channel()).picture?.quality === 30);
    await daemon.streamctl("set", "main", "video.width", "320");
    await waitFor("width 320", async () => (await daemon.channel()).picture?.width === 320);
    await daemon.streamctl("set", "volume", "0");
    const set = await daemon.channel();
    assert.deepEqual(set.overridden, [
      { key: "video.width", value: 320, configured: 500 },
      { key: "video.quality", value: 30, configured: 80 },
      { key: "audio.volume", value: 0, configured: 1 },
    ]);
    assert.match((await daemon.streamctl("reset")).stdout, /as configured again: video\.width, video\.quality, audio\.volume/);
    await waitFor("width 500", async () => (await daemon.channel()).picture?.width === 500);
    assert.deepEqual((await daemon.channel()).overridden, []);
    const datagrams = await running.stop();
    const seen = pictureForms(datagrams);
    assert.deepEqual(
      [...new Set(seen.map(({ q, width }) => `${width} ${q}`))],
      ["504 80", "504 30", "320 30", "504 80"].filter((word, at, all) => all.indexOf(word) === at),
    );
    // 24 pictures a second: none is missing where the source began anew.
    assert.ok(largestGapMs(seen) < 42, `${largestGapMs(seen)} ms between two pictures`);
    for (const { port, lost, reordered, hasTimeGoneBack } of analyseRtp(datagrams))
      assert.deepEqual({ lost, reordered, hasTimeGoneBack }, { lost: 0, reordered: 0, hasTimeGoneBack: false }, `port ${port}`);
    const { counters } = await daemon.channel();
    assert.equal(counters.silentBlocks, 0);
    const silent = datagrams.filter(
      ({ destinationPort, payload }) => destinationPort === AUDIO_PORT && payload.subarray(12).every((byte) => byte === 0),
    );
    assert.ok(silent.length > 3, "volume 0 is silence");
  },
);
