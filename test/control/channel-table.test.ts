// The channels as people read them on a terminal of 80 columns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { channelTable, channelText } from "../../control/streamctl/channel-text.ts";
import { textWidth } from "../../control/streamctl/text-width.ts";
import { mainChannel } from "./fixture.ts";

const failed = {
  ...mainChannel,
  name: "classroom-upstairs",
  state: "failed" as const,
  stateReason: "a film with a long name.mp4: there is no such file or directory; check the path, or the disk",
  source: "a film with a long name that somebody has downloaded.mp4",
  overridden: [{ key: "video.fps", value: 1000 / 83.3, configured: "source" }],
};

test("status fits into 80 columns: FPS and TS stay, and what a long film's name says at its end goes", () => {
  const text = channelTable([mainChannel, failed], { colour: false, columns: 80 });
  for (const line of text.split("\n")) assert.ok(textWidth(line) <= 80, line);
  assert.match(text, /^CHANNEL +STATE +.*FPS +MEASURED +TS ms +MEASURED.* +SOURCE\nmain /);
  assert.match(text, /a film .*…\n/);
  assert.match(text, /\n {21}directory; check the path, or the disk\n/);
});

test("a rate that follows from a sample time is told with three decimals", () => {
  assert.match(channelTable([failed], { colour: false, columns: null }), /: +video\.fps 12\.005 \(configured: source\)\n/);
});

test("a channel whose source has not begun, or cannot be found, has none: no place in an empty list", () => {
  const idle = { ...mainChannel, state: "idle" as const, source: "", itemIndex: 0, itemCount: 0 };
  assert.match(channelText(idle, { colour: false, columns: null }), /^source +-$/m);
  assert.match(channelTable([idle], { colour: false, columns: null }), / {2}-\n$/);
});

const longName = { ...failed, name: "a-channel-of-32-characters-house" };

test("on a terminal of 40 columns the state stands beside a long name", () => {
  const lines = channelTable([mainChannel, longName], { colour: false, columns: 40 }).split("\n");
  for (const line of lines) assert.ok(textWidth(line) <= 40, line);
  assert.match(lines[2] ?? "", /^a-channel-of-32-char\S*…  failed$/);
});

test("everything about a channel is folded between words, below its column", () => {
  const text = channelText({ ...longName, source: "映画".repeat(9) }, { colour: false, columns: 60 });
  for (const line of text.split("\n")) assert.ok(textWidth(line) <= 60, line);
  assert.match(text, /^sent {8}.*\n {12}\S/m);
});
