import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../../config/load.ts";
import { ChannelRate } from "../../../daemon/channel/rate.ts";
import type { Sending } from "../../../daemon/channel/rate.ts";
import { ChannelSettings } from "../../../daemon/channel/settings.ts";
import { ItemTrack } from "../../../daemon/channel/item-track.ts";

/** A channel whose films have these rates, ten minutes each, watched by one host that shows all that is sent. */
function watched(filmsFps: readonly number[], capableOf = 100) {
  const loaded = loadConfig({ sets: ["channels.main.pacing.adapt=worst"], env: {}, files: [], cwd: "/" });
  const [main] = loaded.ok ? loaded.config.channels : [];
  assert.ok(main !== undefined);
  const track = new ItemTrack();
  filmsFps.forEach((fps, itemIndex) => {
    const video = { codec: "h264", width: 640, height: 360, fps, frameCount: null };
    track.note({
      generation: 1,
      itemIndex,
      name: "film",
      timelineMs: itemIndex * 600_000,
      durationMs: null,
      video,
      audio: null,
      cached: false,
    });
  });
  const rate = new ChannelRate(new ChannelSettings(main), { itemAt: (timelineMs) => track.at(timelineMs) });
  let nowS = 0;
  /** `sentFps`: without a cap. */
  const watch = (seconds: number, sentFps: number, sending: Partial<Sending> = {}): void => {
    for (let left = seconds; left > 0; left--, nowS++) {
      const fps = Math.min(sentFps, rate.capFps ?? sentFps, capableOf);
      rate.report("host", "session", { fps, lost: 0, expected: 100 * fps }, nowS * 1000);
      rate.step({ generation: 1, timelineMs: nowS * 1000, isSteady: true, ...sending }, nowS * 1000 + 500);
    }
  };
  return { rate, watch };
}

test("in a pause, and without anything to send, a picture a second is no slow host; afterwards the full rate is sent at once", () => {
  const { rate, watch } = watched([25]);
  watch(10, 25);
  watch(300, 1, { timelineMs: 10_000, isSteady: false });
  assert.equal(rate.capFps, null);
  watch(60, 25);
  assert.equal(rate.capFps, null);
});

test("a host that was slow before a pause is slow after it, and the limit neither falls nor climbs meanwhile", () => {
  const { rate, watch } = watched([25], 12);
  watch(8, 25);
  assert.equal(rate.capFps, 12);
  watch(300, 1, { isSteady: false });
  assert.equal(rate.capFps, 12);
});

test("while a seek looks for its place nothing is judged, and soon after it neither", () => {
  const { rate, watch } = watched([25]);
  watch(10, 25);
  watch(5, 1, { generation: 2, timelineMs: null, isSteady: false });
  watch(2, 3, { generation: 2 });
  watch(10, 25, { generation: 2 });
  assert.equal(rate.capFps, null);
});

test("of a playlist the rate of the film that plays counts: all of 24 frames a second are enough after a film that had 60", () => {
  const { rate, watch } = watched([60, 24]);
  watch(600, 60);
  watch(60, 24);
  assert.equal(rate.capFps, null);
});
