/** The shapes of what crosses as JSON: commands on the source's stdin, and two kinds of messages of fd 3. Pure. */

import * as v from "valibot";
import type { ItemInfo, SourceCommand, SourceMessage } from "./messages.ts";

const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const finite = v.pipe(v.number(), v.finite());

const item = v.variant("kind", [
  v.strictObject({ kind: v.literal("file"), path: v.pipe(v.string(), v.minLength(1)) }),
  v.strictObject({ kind: v.literal("test-film") }),
]);

const start = v.strictObject({ generation: natural, itemIndex: natural, positionMs: finite, timelineMs: finite });

const format = v.strictObject({
  engine: v.picklist(["default", "opencv"]),
  width: v.pipe(positive, v.maxValue(2040)),
  quality: v.pipe(positive, v.maxValue(100)),
  maxFrameBytes: positive,
  audio: v.nullable(v.strictObject({ sampleRateHz: positive, channels: v.picklist([1, 2]) })),
});

export const sourceCommandSchema = v.variant("kind", [
  v.strictObject({
    kind: v.literal("open"),
    items: v.pipe(v.array(item), v.minLength(1)),
    loop: v.boolean(),
    format,
    readAhead: v.strictObject({ maxMs: positive, maxBytes: positive }),
    start,
  }),
  v.strictObject({ kind: v.literal("seek"), start }),
  v.strictObject({ kind: v.literal("format"), format }),
  v.strictObject({ kind: v.literal("skip"), timelineMs: finite }),
]) satisfies v.GenericSchema<unknown, SourceCommand>;

export const itemInfoSchema = v.object({
  generation: natural,
  itemIndex: natural,
  name: v.string(),
  timelineMs: finite,
  durationMs: v.nullable(finite),
  video: v.nullable(
    v.object({ codec: v.string(), width: natural, height: natural, fps: v.nullable(finite), frameCount: v.nullable(natural) }),
  ),
  audio: v.nullable(v.object({ codec: v.string(), sampleRateHz: natural, channels: natural })),
}) satisfies v.GenericSchema<unknown, ItemInfo>;

export const itemErrorSchema = v.object({
  kind: v.literal("item-error"),
  generation: natural,
  itemIndex: natural,
  message: v.string(),
  fatal: v.boolean(),
}) satisfies v.GenericSchema<unknown, Extract<SourceMessage, { kind: "item-error" }>>;
