/**
 * The regression guard: a short `cost` and `pacing` beside ffmpeg, in one run. Only ratios are looked at, since they hold on any machine, and only
 * far outside of what was recorded (band.json, which says where it comes from): this finds what has become twice as dear, and no percents.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import * as v from "valibot";
import { createLan } from "../test/e2e/lan.ts";
import { temporaryFolder, testMedia } from "../test/e2e/media.ts";
import { lacks } from "../test/e2e/needs.ts";
import type { Finding, Setting } from "./bench.ts";
import { contendersNamed } from "./contenders.ts";
import { GUARDED as GUARDED_COST, measureCost } from "./cost.ts";
import { GUARDED as GUARDED_PACING, measurePacing } from "./pacing.ts";
import { ratioTo } from "./summary.ts";

const skip = lacks("ffmpeg", "ffprobe", "tcpdump");
const bandSchema = v.object({ metric: v.string(), least: v.number(), most: v.number(), farAbove: v.number() });
const bands = v.parse(
  v.object({ from: v.string(), cost: bandSchema, pacing: bandSchema }),
  JSON.parse(readFileSync(join(import.meta.dirname, "band.json"), "utf8")),
);
const PAIR = contendersNamed("streamerd", "ffmpeg");

function settingOf(context: TestContext): Setting {
  const folder = temporaryFolder(context);
  return { film: testMedia(context, folder), folder, isQuick: true, minutes: 0, lan: (names) => createLan(context, names) };
}

/** Better than ever is good news, and told. */
function hold(context: TestContext, name: "cost" | "pacing", finding: Finding): void {
  const { metric, least, most, farAbove } = bands[name];
  const row = finding.rows.find(({ contender }) => contender === "streamerd");
  const ratio = row === undefined ? null : ratioTo("ffmpeg", row, finding, metric);
  assert.ok(ratio !== null, `${name}: streamerd or ffmpeg could not be measured`);
  context.diagnostic(`${name}: ${ratio.toPrecision(2)} × ffmpeg, recorded ${least} to ${most}; steal ${finding.stealPercent.join(", ")} %`);
  assert.ok(
    ratio <= farAbove,
    `${name} is ${ratio.toPrecision(2)} × ffmpeg's, recorded were ${least} to ${most}: see with npm run bench -- ${name}`,
  );
}

test("the job costs no more of the processor, beside ffmpeg, than it was recorded to", { skip }, async (context) => {
  hold(context, "cost", await measureCost(settingOf(context), PAIR, GUARDED_COST));
});

test("pictures leave no later, beside ffmpeg's, than was recorded", { skip }, async (context) => {
  hold(context, "pacing", await measurePacing(settingOf(context), PAIR, GUARDED_PACING));
});
