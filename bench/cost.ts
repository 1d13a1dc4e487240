/** What the job costs: processor seconds of a contender's whole process tree for a second of stream, and the most memory that it held. */

import type { Running } from "../test/e2e/running.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { calmRounds } from "./calm.ts";
import type { Round } from "./calm.ts";
import { CACHED, CONTENDERS, COPYING, isStreamerd } from "./contenders.ts";
import type { Contender } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { treePeakMegabytes, treeProcessorSeconds } from "./process-use.ts";
import { sleep } from "./sleep.ts";

/** Rounds that may be run again. */
const SPARE_ROUNDS = 2;

type Extent = { readonly rounds: number; readonly settleSeconds: number; readonly seconds: number };

/**
 * Starting up is measured elsewhere. While it settles, streamerd fills its read-ahead, and V8 compiles what is used often: a service runs for days, and what its first half
 * minute costs is not what it costs. The time measured is the whole test film, since its parts cost more and less, and streamerd decodes a second of it at a time.
 */
const FULL: Extent = { rounds: 2, settleSeconds: 28, seconds: 30 };
/** What nothing compiles in has settled by then. */
const COMPILED_SETTLE_SECONDS = 5;
const QUICK: Extent = { rounds: 1, settleSeconds: 6, seconds: 6 };
/** For the regression guard. */
export const GUARDED: Extent = { rounds: 1, settleSeconds: 5, seconds: 6 };

export const cost: Bench = {
  name: "cost",
  summary: "processor time for a second of stream, and peak memory",
  isOptIn: false,
  run: (setting) => measureCost(setting, [...CONTENDERS, ...CACHED, ...COPYING], setting.isQuick ? QUICK : FULL),
};

type Used = { readonly processorPercent: number; readonly peakMegabytes: number };

/**
 * In turn: A B C A B C … Each is alone on the machine: where two virtual processors are one core's threads, what runs beside another takes up to twice the time, and who has
 * the heavier neighbour would look dearer.
 */
export async function measureCost(
  setting: Setting,
  contenders: readonly Contender[],
  { rounds, settleSeconds, seconds }: Extent,
): Promise<Finding> {
  const lan = await setting.lan(["tx", "rx"]);
  for (const contender of contenders) contender.prepare(setting);
  const rows = new Rows();
  const steal: number[] = [];
  const calmly = calmRounds(SPARE_ROUNDS);
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const running = contender.start(lan.host("tx"), setting);
      await sleep(1000 * (isStreamerd(contender) ? settleSeconds : Math.min(settleSeconds, COMPILED_SETTLE_SECONDS)));
      const { value, stealPercent: stolen } = await calmly(() => measure(contender, running, seconds));
      await running.stop();
      rows.add(contender.name, "", value);
      steal.push(stolen);
    }
  }
  return {
    title: "What the job costs",
    metrics: [
      { key: "processorPercent", label: "CPU, % of a core", digits: 1 },
      { key: "peakMegabytes", label: "peak RSS, MB", digits: 0 },
    ],
    rows: rows.all(),
    stealPercent: steal,
    notes: [
      `${seconds} s of each round, after ${settleSeconds} s of streamerd and ${COMPILED_SETTLE_SECONDS} of the others; every process of a contender, which has the machine to itself`,
    ],
  };
}

async function measure({ name }: Contender, running: Running, seconds: number): Promise<Round<Used>> {
  const before = readProcessorTicks();
  const [fromSeconds, fromMs] = [treeProcessorSeconds(running.pid), performance.now()];
  await sleep(seconds * 1000);
  if (running.hasEnded()) throw new Error(`${name} has ended: ${running.stderr()}`);
  const used = treeProcessorSeconds(running.pid) - fromSeconds;
  const lasted = (performance.now() - fromMs) / 1000;
  return {
    value: { processorPercent: (100 * used) / lasted, peakMegabytes: treePeakMegabytes(running.pid) },
    stealPercent: stealPercent(before),
  };
}
