// FPS and TS: the rate at which a channel's frames are sent.
import * as v from "valibot";
import { channelName, count, finite, notNegative, text } from "./values.ts";

/** The bounds of `video.fps`; TS = 1000 / FPS has the mirrored ones. */
export const minFps = 1;
export const maxFps = 240;

const adaptModes = ["off", "worst", "median"] as const;

export const pacingResult = v.object({
  sourceFps: v.nullable(finite("the source's own rate, on the average where it varies; null while it is not known")),
  fps: v.nullable(finite("the rate that was asked for; null: the source's")),
  targetFps: v.nullable(finite("the rate in effect; null while the source's is not known")),
  tsMs: v.nullable(finite("sample time in effect, 1000 / targetFps")),
  measuredFps: v.nullable(finite("frames a second, measured over the last two seconds")),
  measuredTsMs: v.nullable(finite("milliseconds between frames, measured over the last two seconds")),
  adapt: v.pipe(v.picklist(adaptModes), v.description("whether receivers' reports lower the rate")),
  adaptedFps: v.nullable(finite("the most that the receivers let through; null: they do not limit it")),
  adaptReason: v.nullable(text("why; null without a limit")),
  clamped: v.pipe(v.boolean(), v.description("a rate was asked for that the source does not have, and the source's is used")),
  latenessMs: v.nullable(
    v.object({
      p50: notNegative("half of the frames left no later than this"),
      p99: notNegative("99 of 100 frames left no later than this"),
      max: notNegative("the latest one"),
    }),
  ),
  dropped: count("frames that were too late to be of use"),
  repeated: count("times that the last picture was sent again"),
});

export const pacingGetParams = v.strictObject({ channel: channelName });

export const pacingSetParams = v.pipe(
  v.strictObject({
    channel: channelName,
    fps: v.optional(
      v.nullable(
        v.pipe(
          v.number(),
          v.minValue(minFps, `must be ${minFps} to ${maxFps}, or null for the source's own rate`),
          v.maxValue(maxFps, `must be ${minFps} to ${maxFps}, or null for the source's own rate`),
          v.description("frames a second; null: the source's own rate"),
        ),
      ),
    ),
    tsMs: v.optional(
      v.pipe(
        v.number(),
        v.minValue(1000 / maxFps, `must be ${(1000 / maxFps).toFixed(2)} to ${1000 / minFps} ms`),
        v.maxValue(1000 / minFps, `must be ${(1000 / maxFps).toFixed(2)} to ${1000 / minFps} ms`),
        v.description("milliseconds between two frames"),
      ),
    ),
    adapt: v.optional(
      v.pipe(v.picklist(adaptModes, "must be off, worst or median"), v.description("whether receivers' reports lower the rate")),
    ),
  }),
  v.check(({ fps, tsMs }) => fps === undefined || tsMs === undefined, "give one of fps and tsMs"),
  v.check(({ fps, tsMs, adapt }) => fps !== undefined || tsMs !== undefined || adapt !== undefined, "give fps, tsMs or adapt"),
);

export type PacingResult = v.InferOutput<typeof pacingResult>;
