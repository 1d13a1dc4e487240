/** What is told of an item's picture and sound, between processes and in an entry of the cache: its form, to be checked where it is read. */

import * as v from "valibot";

export const finite = v.pipe(v.number(), v.finite());
export const natural = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** As `ItemInfo` has it. */
export const videoFacts = v.object({
  codec: v.string(),
  width: natural,
  height: natural,
  fps: v.nullable(finite),
  isVariable: v.optional(v.boolean()),
  frameCount: v.nullable(natural),
});

export const audioFacts = v.object({ codec: v.string(), sampleRateHz: natural, channels: natural });
