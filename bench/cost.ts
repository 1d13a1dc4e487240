/** What the job costs: processor seconds of a contender's whole process tree for a second of stream, and the most memory that it held. */

import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { calmRounds } from "./calm.ts";
import { CACHED, CONTENDERS, COPYING } from "./contenders.ts";
import type { Contender } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { treePeakMegabytes, treeProcessorSeconds } from "./process-use.ts";
import { sleep } from "./sleep.ts";

/** Rounds that may be run again. */
const SPARE_ROUNDS = 4;

type Extent = { readonly rounds: number; readonly settleSeconds: number; readonly seconds: number };

/**
 * Starting up is measured elsewhere; while it settles, streamerd fills its read-ahead, and V8 compiles what is used often. Both fit into the half minute of the test
 * film, which GStreamer plays once. A service runs for days: what its first half minute costs is not what it costs.
 */
const FULL: Extent = { rounds: 3, settleSeconds: 20, seconds: 8 };
const QUICK: Extent = { rounds: 1, settleSeconds: 6, seconds: 6 };
/** For the regression guard. */
export const GUARDED: Extent = { rounds: 1, settleSeconds: 5, seconds: 6 };

export const cost: Bench = {
  name: "cost",
  summary: "processor time for a second of stream, and peak memory",
  isOptIn: false,
  run: (setting) => measureCost(setting, [...CONTENDERS, ...CACHED, ...COPYING], setting.isQuick ? QUICK : FULL),
};

/** In turn: A B C A B C … */
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
    for (const { name, start } of contenders) {
      const { value, stealPercent: stolen } = await calmly(async () => {
        const running = start(lan.host("tx"), setting);
        await sleep(settleSeconds * 1000);
        const before = readProcessorTicks();
        const [fromSeconds, fromMs] = [treeProcessorSeconds(running.pid), performance.now()];
        await sleep(seconds * 1000);
        if (running.hasEnded()) throw new Error(`${name} has ended: ${running.stderr()}`);
        const used = treeProcessorSeconds(running.pid) - fromSeconds;
        const lasted = (performance.now() - fromMs) / 1000;
        const peakMegabytes = treePeakMegabytes(running.pid);
        const stolenPercent = stealPercent(before);
        await running.stop();
        return { value: { processorPercent: (100 * used) / lasted, peakMegabytes }, stealPercent: stolenPercent };
      });
      rows.add(name, "", value);
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
    notes: [`${seconds} s of each round, after ${settleSeconds} s; every process of a contender`],
  };
}
