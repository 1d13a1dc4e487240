/**
 * `npm run bench [-- NAME…] [--quick] [--minutes N]`: streamerd, ffmpeg and GStreamer on the same job, on a LAN of network namespaces, in turn. Prints a table
 * of medians for each bench and writes bench/results/NAME.json; README's table and the charts follow from those.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createLan } from "../test/e2e/lan.ts";
import { makeFilm } from "../test/e2e/media.ts";
import { lacks } from "../test/e2e/needs.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { channels } from "./channels.ts";
import { cost, encrypted } from "./cost.ts";
import { loss } from "./loss.ts";
import { busyPercent, readProcessorTicks } from "./machine.ts";
import { pacing } from "./pacing.ts";
import { receivers } from "./receivers.ts";
import { writeReport } from "./report.ts";
import { saveResult } from "./result-files.ts";
import { sleep } from "./sleep.ts";
import { soak } from "./soak.ts";
import { start } from "./start.ts";
import { summarise, tableOf } from "./summary.ts";

const BENCHES: readonly Bench[] = [cost, pacing, start, channels, receivers, loss, encrypted, soak];

/** How long the machine is watched before a bench. */
const NEIGHBOURS_MS = 2000;
/** What a system does of itself stays far below. */
const MOST_BUSY_PERCENT = 10;
const OPTIONS = { quick: { type: "boolean" }, minutes: { type: "string", default: "60" }, help: { type: "boolean" } } as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const unknown = positionals.find((name) => !BENCHES.some((bench) => bench.name === name));
  if (values.help === true || unknown !== undefined) {
    if (unknown !== undefined) console.error(`bench: there is no ${unknown}; name one of ${BENCHES.map(({ name }) => name).join(", ")}`);
    else
      for (const { name, summary, isOptIn } of BENCHES) console.log(`${name.padEnd(10)} ${summary}${isOptIn ? " (only when named)" : ""}`);
    return unknown === undefined ? 0 : 2;
  }
  const missing = lacks("ffmpeg", "gst-launch-1.0", "tcpdump", "nft", "curl");
  if (missing !== false) {
    console.error(`bench: ${missing}`);
    return 1;
  }
  const wanted = BENCHES.filter(({ name, isOptIn }) => (positionals.length === 0 ? !isOptIn : positionals.includes(name)));
  let status = 0;
  for (const bench of wanted) {
    const startedMs = performance.now();
    try {
      const busy = await measureNeighbours();
      const found = await runOne(bench, { isQuick: values.quick === true, minutes: Number(values.minutes) });
      const finding = { ...found, notes: [...found.notes, `before it began, others kept the machine busy by ${busy.toFixed(0)} %`] };
      if (values.quick !== true) saveResult(bench.name, finding);
      print(bench, finding, (performance.now() - startedMs) / 1000);
    } catch (error) {
      // The others are worth having.
      console.error(`bench: ${bench.name}: ${error instanceof Error ? error.message : String(error)}`);
      status = 1;
    }
  }
  if (values.quick !== true) writeReport(BENCHES.map(({ name }) => name));
  return status;
}

/** Before a bench nothing of ours runs: what is busy then belongs to others, and will be in every figure. */
async function measureNeighbours(): Promise<number> {
  const before = readProcessorTicks();
  await sleep(NEIGHBOURS_MS);
  const busy = busyPercent(before);
  if (busy > MOST_BUSY_PERCENT)
    console.error(`bench: others keep this machine busy by ${busy.toFixed(0)} %: lateness measured now says nothing; run it alone`);
  return busy;
}

function print({ name }: Bench, finding: Finding, seconds: number): void {
  console.log(`\n${name}: ${finding.title} (${Math.round(seconds)} s)\n\n${tableOf(finding)}\n`);
  for (const note of finding.notes) console.log(`- ${note}`);
  const { median, most } = summarise(finding.stealPercent);
  console.log(`- steal ${median.toFixed(2)} % (at most ${most.toFixed(2)} % in a round)`);
}

async function runOne(bench: Bench, extent: Pick<Setting, "isQuick" | "minutes">): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-bench-"));
  const cleaners: (() => Promise<void>)[] = [];
  try {
    const named = process.env["STREAMERD_TEST_MEDIA"] ?? "";
    const film = named === "" ? makeFilm(join(folder, "film.mp4"), 30) : resolve(named);
    return await bench.run({ ...extent, film, folder, lan: (names) => createLan({ after: (clean) => cleaners.push(clean) }, names) });
  } finally {
    for (const clean of cleaners.toReversed()) await clean();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
