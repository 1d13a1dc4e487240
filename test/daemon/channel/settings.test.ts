import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "../../../config/load.ts";
import { ChannelSettings } from "../../../daemon/channel/settings.ts";

function settings(): ChannelSettings {
  const loaded = loadConfig({ sets: ["channels.main.video.quality=70"], env: {}, files: [], cwd: "/" });
  assert.ok(loaded.ok);
  const [main] = loaded.config.channels;
  assert.ok(main !== undefined);
  return new ChannelSettings(main);
}

test("an override stands above the configuration until it is reset", () => {
  const channel = settings();
  assert.deepEqual(channel.override({ key: "video.quality", value: 30 }), ["video.quality"]);
  assert.equal(channel.inForce.video.quality, 30);
  assert.deepEqual(channel.overrides, [{ key: "video.quality", value: 30, configured: 70 }]);
  assert.deepEqual(channel.override({ key: "video.quality", value: 30 }), [], "nothing has changed");
  assert.deepEqual(channel.reset("video.fps"), []);
  assert.deepEqual(channel.reset(null), ["video.quality"]);
  assert.equal(channel.inForce.video.quality, 70);
  assert.deepEqual(channel.overrides, []);
});

test("an override that says what the configuration says is none", () => {
  const channel = settings();
  channel.override({ key: "video.quality", value: 30 });
  assert.deepEqual(channel.override({ key: "video.quality", value: 70 }), ["video.quality"]);
  assert.deepEqual(channel.overrides, []);
});

test("an override ends when its key changes in the configuration, and the others stay", () => {
  const channel = settings();
  channel.override({ key: "video.quality", value: 30 });
  channel.override({ key: "audio.volume", value: 2 });
  assert.deepEqual(channel.reconfigure([{ key: "video.quality", value: 60 }]), ["video.quality"]);
  assert.equal(channel.inForce.video.quality, 60);
  assert.deepEqual(channel.overrides, [{ key: "audio.volume", value: 2, configured: 1 }]);
  assert.deepEqual(channel.reconfigure([{ key: "audio.volume", value: 2 }]), [], "the same value, from elsewhere");
  assert.deepEqual(channel.overrides, []);
});

test("a group that has moved on stays where it is, whatever is put above the configuration", () => {
  const channel = settings();
  channel.moveTo("239.255.9.9");
  channel.override({ key: "video.quality", value: 30 });
  channel.reset(null);
  channel.reconfigure([{ key: "video.quality", value: 60 }]);
  assert.equal(channel.inForce.group, "239.255.9.9");
  assert.equal(channel.inForce.video.quality, 60);
});
