/** The shapes of what crosses as JSON: commands on the source's stdin, and two kinds of messages of fd 3. Pure. */

import * as v from "valibot";
import type { ItemInfo, SourceCommand, SourceMessage } from "./messages.ts";
import { audioFacts, finite, natural, videoFacts } from "./track-facts.ts";

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const name = v.pipe(v.string(), v.minLength(1));

const liveInput = v.variant("kind", [
  v.strictObject({ kind: v.literal("camera"), device: name, microphone: v.nullable(name) }),
  v.strictObject({ kind: v.literal("microphone"), device: name }),
  v.strictObject({ kind: v.literal("screen"), display: v.string(), offset: v.nullable(v.strictObject({ left: natural, top: natural })) }),
  v.strictObject({ kind: v.literal("url"), url: name }),
  v.strictObject({
    kind: v.literal("channel"),
    host: name,
    port: v.nullable(positive),
    channel: v.nullable(name),
    pass: v.nullable(name),
  }),
  v.strictObject({ kind: v.literal("generated") }),
]);

const capture = v.strictObject({
  format: v.nullable(name),
  width: v.nullable(positive),
  height: v.nullable(positive),
  fps: v.nullable(finite),
  microphone: v.picklist(["arecord", "mic"]),
});

const item = v.variant("kind", [
  v.strictObject({ kind: v.literal("file"), path: name }),
  v.strictObject({ kind: v.literal("test-film") }),
  v.strictObject({ kind: v.literal("live"), input: liveInput, capture }),
  v.strictObject({ kind: v.literal("slate"), title: v.string() }),
]);

const start = v.strictObject({ generation: natural, itemIndex: natural, positionMs: finite, timelineMs: finite });

export const sourceFormatSchema = v.strictObject({
  engine: v.picklist(["default", "opencv"]),
  width: v.pipe(positive, v.maxValue(2040)),
  quality: v.pipe(positive, v.maxValue(100)),
  maxFrameBytes: positive,
  audio: v.nullable(v.strictObject({ sampleRateHz: positive, channels: v.picklist([1, 2]) })),
});

export const sourceCacheSchema = v.nullable(v.strictObject({ dir: v.pipe(v.string(), v.minLength(1)), maxBytes: positive }));

export const sourceCommandSchema = v.variant("kind", [
  v.strictObject({
    kind: v.literal("open"),
    items: v.pipe(v.array(item), v.minLength(1)),
    loop: v.boolean(),
    format: sourceFormatSchema,
    readAhead: v.strictObject({ maxMs: positive, maxBytes: positive }),
    cache: sourceCacheSchema,
    start,
    ssrc: v.optional(natural),
  }),
  v.strictObject({ kind: v.literal("seek"), start }),
  v.strictObject({ kind: v.literal("format"), format: sourceFormatSchema }),
  v.strictObject({ kind: v.literal("skip"), timelineMs: finite }),
]) satisfies v.GenericSchema<unknown, SourceCommand>;

export const itemInfoSchema = v.object({
  generation: natural,
  itemIndex: natural,
  name: v.string(),
  timelineMs: finite,
  durationMs: v.nullable(finite),
  video: v.nullable(videoFacts),
  audio: v.nullable(audioFacts),
  relays: v.optional(v.array(natural)),
  cached: v.boolean(),
}) satisfies v.GenericSchema<unknown, ItemInfo>;

export const itemErrorSchema = v.object({
  kind: v.literal("item-error"),
  generation: natural,
  itemIndex: natural,
  message: v.string(),
  fatal: v.boolean(),
}) satisfies v.GenericSchema<unknown, Extract<SourceMessage, { kind: "item-error" }>>;
