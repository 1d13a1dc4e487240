// Settings that change while a stream goes on, and the configuration read anew.
import * as v from "valibot";
import { channelName, text } from "./values.ts";

const value = v.union([v.string(), v.number(), v.boolean(), v.null()], "must be a string, a number, true, false or null");

const keyOfChannel = v.pipe(
  v.string(),
  v.maxLength(64, "at most 64 characters"),
  v.description("path of a hot key below the channel, or its last part: `video.quality`, `quality`"),
);

export const override = v.object({
  key: text("path below the channel"),
  value: v.pipe(value, v.description("in force")),
  configured: v.pipe(value, v.description("what the configuration says")),
});

export const setParams = v.strictObject({
  channel: channelName,
  key: keyOfChannel,
  value: v.pipe(value, v.description("as the configuration would have it")),
});

export const setResult = v.object({ channel: channelName, ...override.entries });

export const resetParams = v.strictObject({ channel: channelName, key: v.optional(keyOfChannel) });

export const resetResult = v.object({ channel: channelName, reset: v.array(text("a key that has the configured value again")) });

export const reloadResult = v.object({
  applied: v.array(text("a key whose new value is in force")),
  needsRestart: v.array(text("a key whose new value waits for a restart of the daemon")),
});
