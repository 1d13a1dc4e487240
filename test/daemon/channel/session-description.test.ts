import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelConfig } from "../../../config/schema.ts";
import type { Media } from "../../../daemon/channel/media.ts";
import { describeSession, mostFps } from "../../../daemon/channel/session-description.ts";
import type { SourceItem } from "../../../daemon/source/messages.ts";
import { openChannel } from "./open-channel.ts";

const FILM: SourceItem = { kind: "file", path: "/films/film.mp4" };

test("the frame rate of a session description is the most that is sent", (context) => {
  const { channel } = openChannel(context);
  const rate = (fps: ChannelConfig["video"]["fps"], playlist: readonly SourceItem[], sourceFps: number | null, isVariable = false) => {
    const video = { codec: "h264", width: 500, height: 281, fps: sourceFps, isVariable, frameCount: null };
    const info = { generation: 1, itemIndex: 0, timelineMs: 0, name: "film.mp4", durationMs: 1000, video, audio: null, cached: false };
    const media: Media = Object.assign(Object.create(channel.media), { itemAt: () => info });
    Object.defineProperty(media, "playlist", { value: playlist });
    return mostFps({ config: { ...channel.config, video: { ...channel.config.video, fps } }, media });
  };
  assert.equal(rate("source", [FILM], 24), 24);
  assert.equal(rate(12, [FILM], 24), 12);
  assert.equal(rate(50, [FILM], 24), 24);
  assert.equal(rate("source", [FILM], null), null);
  assert.equal(rate("source", [FILM], 15, true), null, "15 on the average");
  assert.equal(rate(30, [FILM], 15, true), 30);
  assert.equal(rate("source", [FILM, FILM], 24), null, "other films may have another rate");
  assert.equal(rate(12, [FILM, FILM], 24), 12);
});

test("another frame rate is another version of the session description", async (context) => {
  const { channel } = openChannel(context, ["channels.main.video.fps=source"]);
  const lines = (): string => describeSession(channel, "10.0.0.1", 9688, 0) ?? "";
  const before = lines();
  assert.doesNotMatch(before, /framerate/);
  channel.tuning.override({ key: "video.fps", value: 12 }, null);
  assert.match(lines(), /^a=framerate:12\r$/m);
  assert.notEqual(/^o=.*$/m.exec(lines())?.[0], /^o=.*$/m.exec(before)?.[0]);
});
