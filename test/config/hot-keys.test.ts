import assert from "node:assert/strict";
import { test } from "node:test";
import { compareConfigs } from "../../config/compare.ts";
import { hotKeys, parseHotSetting, readSetting, withSettings } from "../../config/hot-keys.ts";
import type { Written } from "../../config/key.ts";
import { loadConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";

function load(...sets: readonly string[]): Config {
  const loaded = loadConfig({ sets, env: {}, files: [], cwd: "/" });
  assert.ok(loaded.ok);
  return loaded.config;
}

test("a hot key is found by its path and by its last part", () => {
  assert.deepEqual(parseHotSetting("video.quality", 60), { ok: true, value: { key: "video.quality", value: 60 } });
  assert.deepEqual(parseHotSetting("quality", 60), { ok: true, value: { key: "video.quality", value: 60 } });
  assert.deepEqual(parseHotSetting("fps", "source"), { ok: true, value: { key: "video.fps", value: "source" } });
});

const refused: readonly (readonly [string, Written, RegExp])[] = [
  ["quality", 0, /^video\.quality: 0 is not a whole number from 1 to 100$/],
  ["quality", null, /^video\.quality: no value; give a whole number from 1 to 100$/],
  ["fps", "fast", /^video\.fps: fast is neither source nor a number from 1 to 240$/],
  ["volum", 1, /^no key is named volum; did you mean volume\?$/],
  ["loud", 1, /^no key is named loud; there are video\.width, video\.quality, .*audio\.volume/],
  ["volume", "50%", /^audio\.volume: 50% is not a number from 0 to 4; write the number alone/],
  ["group", "239.1.1.1", /^group cannot change while the stream goes on; set it in the configuration and restart$/],
  ["sampleRateHz", 48_000, /^audio\.sampleRateHz cannot change/],
  ["__proto__", 1, /^no key is named __proto__/],
  ["", 1, /^no key is named ""/],
];
for (const [key, value, expected] of refused) {
  test(`${key} ${String(value)} is refused with what would do`, () => {
    const parsed = parseHotSetting(key, value);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, expected);
  });
}

test("settings go into a copy of the config", () => {
  const [channel] = load().channels;
  assert.ok(channel !== undefined);
  const changed = withSettings(channel, [
    { key: "video.quality", value: 10 },
    { key: "audio.volume", value: 0.5 },
  ]);
  assert.deepEqual([changed.video.quality, changed.video.width, changed.audio.volume], [10, 500, 0.5]);
  assert.equal(channel.video.quality, 80);
  for (const key of hotKeys) assert.notEqual(readSetting(channel, key), undefined, key);
});

test("a comparison tells hot keys from those that need a restart, and channels that came and went", () => {
  const before = load("channels.a.source=/a.mp4", "channels.b.source=/b.mp4");
  const after = load(
    "channels.a.source=/other.mp4",
    "channels.a.video.quality=50",
    "channels.a.port=6000",
    "channels.c.source=/c.mp4",
    "log.level=debug",
  );
  const { hot, needsRestart } = compareConfigs(before, after);
  assert.deepEqual([...hot], [["a", [{ key: "video.quality", value: 50 }]]]);
  assert.deepEqual(needsRestart, ["channels.a.source", "channels.a.port", "channels.b", "channels.c", "log.level"]);
  assert.deepEqual(compareConfigs(after, after), { hot: new Map(), needsRestart: [] });
});
