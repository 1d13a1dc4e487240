/** What one run of the measurement gave, as the summary tells it and as the report reads it back. */

import * as v from "valibot";

const decibels = v.nullable(v.number());
const delay = v.object({
  minMs: v.number(),
  p50Ms: v.number(),
  p95Ms: v.number(),
  p99Ms: v.number(),
  maxMs: v.number(),
  meanMs: v.number(),
});
const point = v.object({ x: v.number(), y: v.number() });

export const summaryShape = v.object({
  rate: v.string(),
  transport: v.picklist(["udp", "tcp"]),
  channel: v.string(),
  seconds: v.number(),
  sampleRateHz: v.number(),
  channels: v.number(),
  packets: v.object({ received: v.number(), expected: v.number(), lost: v.number(), outOfOrder: v.number(), lostPercent: v.number() }),
  /** Zeros in the place of what did not come. */
  lostSamplesPercent: v.number(),
  longestGapMs: v.number(),
  /** Null without a reference, or if it could not be found in it; then `remark` says why. */
  quality: v.nullable(
    v.object({
      /** Null: nothing differs. */
      psnrDb: decibels,
      snrDb: decibels,
      comparedSeconds: v.number(),
      bySecond: v.array(v.object({ psnrDb: decibels, snrDb: decibels })),
    }),
  ),
  remark: v.nullable(v.string()),
  /** Arrival of each byte minus the time at which it was due at the sender. */
  delay: v.nullable(delay),
  /** x: seconds since the beginning, y: ms. At most 1,000 points, the extremes among them. */
  delayCurve: v.array(point),
});

export type Summary = v.InferOutput<typeof summaryShape>;

/** `rate512_udp`: what every file of the run begins with. */
export function runName({ rate, transport }: Pick<Summary, "rate" | "transport">): string {
  return `rate${rate}_${transport}`;
}
