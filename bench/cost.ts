/** What the job costs: processor seconds of a contender's whole process tree for a second of stream, and the most memory that it held. */

import type { Running } from "../test/e2e/running.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { calmRounds } from "./calm.ts";
import type { Round } from "./calm.ts";
import { CACHED, CLEAR_AND_ENCRYPTED, CONTENDERS, COPYING, isStreamerd } from "./contenders.ts";
import type { Contender } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { signalTree, treePeakMegabytes, treeProcessorSeconds } from "./process-use.ts";
import { sleep } from "./sleep.ts";

/** Rounds that may be run again. */
const SPARE_ROUNDS = 2;

/** `warmSeconds`: how long streamerd runs once, before the first round. `settleSeconds`: what it has then to find its step again, each time; `startSeconds`: what others have. */
type Extent = {
  readonly rounds: number;
  readonly warmSeconds: number;
  readonly settleSeconds: number;
  readonly startSeconds: number;
  readonly seconds: number;
};

/**
 * Starting up is measured elsewhere. V8 compiles what is used often: a service runs for days, and what its first half minute costs is not what it costs. The time measured is
 * the whole test film, since its parts cost more and less, and streamerd decodes three seconds of it at a time.
 */
const FULL: Extent = { rounds: 2, warmSeconds: 25, settleSeconds: 5, startSeconds: 2, seconds: 30 };
const QUICK: Extent = { rounds: 1, warmSeconds: 0, settleSeconds: 6, startSeconds: 6, seconds: 6 };
/** For the regression guard. */
export const GUARDED: Extent = { rounds: 1, warmSeconds: 0, settleSeconds: 5, startSeconds: 5, seconds: 6 };

export const cost: Bench = {
  name: "cost",
  summary: "processor time for a second of stream, and peak memory",
  isOptIn: false,
  run: (setting) => measureCost(setting, [...CONTENDERS, ...CACHED, ...COPYING], setting.isQuick ? QUICK : FULL),
};

/** What encryption adds to it. */
export const encrypted: Bench = {
  name: "encrypted",
  summary: "processor time for a second of stream in clear and by SRTP",
  isOptIn: true,
  run: (setting) => measureCost(setting, CLEAR_AND_ENCRYPTED, setting.isQuick ? QUICK : FULL),
};

type Used = { readonly processorPercent: number; readonly peakMegabytes: number };

/**
 * In turn: A B C A B C … Each is alone on the machine: where two virtual processors are one core's threads, what runs beside another takes up to twice the time, and who has
 * the heavier neighbour would look dearer.
 */
export async function measureCost(
  setting: Setting,
  contenders: readonly Contender[],
  { rounds, warmSeconds, settleSeconds, startSeconds, seconds }: Extent,
): Promise<Finding> {
  for (const contender of contenders) contender.prepare(setting);
  const turns: Turn[] = [];
  for (const contender of contenders) turns.push(await turnOf(contender, setting, warmSeconds));
  const rows = new Rows();
  const steal: number[] = [];
  const calmly = calmRounds(SPARE_ROUNDS);
  await sleep(warmSeconds * 1000);
  for (const { freeze } of turns) freeze();
  for (let round = 0; round < rounds; round++) {
    for (const turn of turns) {
      const running = turn.begin();
      await sleep((isStreamerd(turn.contender) ? settleSeconds : startSeconds) * 1000);
      const { value, stealPercent: stolen } = await calmly(() => measure(turn.contender, running, seconds));
      await turn.end(running);
      rows.add(turn.contender.name, "", value);
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
      `${seconds} s of each round; every process of a contender, which has the machine to itself`,
      `streamerd runs for ${warmSeconds} s before the first round, stands still (SIGSTOP) between its turns, and has ${settleSeconds} s to find its step again; the others start anew, ${startSeconds} s before`,
    ],
  };
}

type Turn = {
  readonly contender: Contender;
  readonly freeze: () => void;
  readonly begin: () => Running;
  readonly end: (running: Running) => Promise<void>;
};

/** On a LAN of its own, since streamerd stands still, and keeps its ports, while the others have their turns. */
async function turnOf(contender: Contender, setting: Setting, warmSeconds: number): Promise<Turn> {
  const host = (await setting.lan(["tx", "rx"])).host("tx");
  const start = (): Running => contender.start(host, setting);
  if (!isStreamerd(contender) || warmSeconds === 0) {
    return { contender, freeze: () => {}, begin: start, end: async (running) => void (await running.stop()) };
  }
  const warm = start();
  const freeze = (): void => signalTree(warm.pid, "SIGSTOP");
  const thaw = (): Running => {
    signalTree(warm.pid, "SIGCONT");
    return warm;
  };
  return { contender, freeze, begin: thaw, end: async () => freeze() };
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
