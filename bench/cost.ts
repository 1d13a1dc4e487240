/** What the job costs: processor seconds of a contender's whole process tree for a second of stream, and the most memory that it held. */

import type { Running } from "../test/e2e/running.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { calmRounds } from "./calm.ts";
import type { Round } from "./calm.ts";
import { CACHED, CONTENDERS, COPYING, GROUP } from "./contenders.ts";
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
const QUICK: Extent = { rounds: 1, settleSeconds: 6, seconds: 6 };
/** For the regression guard. */
export const GUARDED: Extent = { rounds: 1, settleSeconds: 5, seconds: 6 };

export const cost: Bench = {
  name: "cost",
  summary: "processor time for a second of stream, and peak memory",
  isOptIn: false,
  run: (setting) => measureCost(setting, [...CONTENDERS, ...CACHED, ...COPYING], setting.isQuick ? QUICK : FULL),
};

/** Of one that is measured and one that settles. */
const GROUPS = [GROUP, "239.255.77.2"] as const;

type Used = { readonly processorPercent: number; readonly peakMegabytes: number };
type Settling = { readonly contender: Contender; readonly running: Running; readonly sinceMs: number };

/** In turn: A B C A B C … The next one settles, with a group of its own, while one is measured. */
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
  const turns = Array.from({ length: rounds }, () => contenders).flat();
  const begin = (turn: number): Settling | null => {
    const contender = turns[turn];
    if (contender === undefined) return null;
    const group = GROUPS[turn % GROUPS.length] ?? GROUP;
    return { contender, running: contender.start(lan.host("tx"), { ...setting, group }), sinceMs: performance.now() };
  };
  for (let [turn, now] = [0, begin(0)]; now !== null; turn++) {
    const { contender, running, sinceMs } = now;
    const next = begin(turn + 1);
    await sleep(Math.max(0, sinceMs + settleSeconds * 1000 - performance.now()));
    const { value, stealPercent: stolen } = await calmly(() => measure(contender, running, seconds));
    await running.stop();
    rows.add(contender.name, "", value);
    steal.push(stolen);
    now = next;
  }
  return {
    title: "What the job costs",
    metrics: [
      { key: "processorPercent", label: "CPU, % of a core", digits: 1 },
      { key: "peakMegabytes", label: "peak RSS, MB", digits: 0 },
    ],
    rows: rows.all(),
    stealPercent: steal,
    notes: [`${seconds} s of each round, after ${settleSeconds} s; every process of a contender`],
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
