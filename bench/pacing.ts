/** How late pictures and sound leave, captured on another host: on an idle machine, with one core busy beside it, and with all of them. */

import { cpus } from "node:os";
import { join } from "node:path";
import { startCapture } from "../test/e2e/capture.ts";
import { analyseRtp } from "../test/e2e/rtp-analysis.ts";
import type { StreamReport } from "../test/e2e/rtp-analysis.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { calmRounds } from "./calm.ts";
import { startBusyLoops } from "./busy-loops.ts";
import { CONTENDERS, PORT } from "./contenders.ts";
import type { Contender } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { sleep } from "./sleep.ts";

/** Rounds that may be run again. */
const SPARE_ROUNDS = 6;
/** Start-up is measured elsewhere. */
const SETTLE_MS = 3000;
/** All headers: who captures should not be who is measured. */
const HEADER_BYTES = 100;

type Load = { readonly label: string; readonly loops: number };
const IDLE: Load = { label: "idle", loops: 0 };
const LOADS: readonly Load[] = [IDLE, { label: "one core busy", loops: 1 }, { label: "all cores busy", loops: cpus().length }];

type Extent = { readonly rounds: number; readonly seconds: number; readonly loads: readonly Load[] };
const FULL: Extent = { rounds: 2, seconds: 5, loads: LOADS };
const QUICK: Extent = { rounds: 1, seconds: 4, loads: LOADS };
/** For the regression guard. */
export const GUARDED: Extent = { rounds: 1, seconds: 5, loads: [IDLE] };

export const pacing: Bench = {
  name: "pacing",
  summary: "lateness of pictures and sound: idle, and with busy cores",
  isOptIn: false,
  run: (setting) => measurePacing(setting, CONTENDERS, setting.isQuick ? QUICK : FULL),
};

export async function measurePacing(
  setting: Setting,
  contenders: readonly Contender[],
  { rounds, seconds, loads }: Extent,
): Promise<Finding> {
  const lan = await setting.lan(["tx", "rx"]);
  for (const contender of contenders) contender.prepare(setting);
  const rows = new Rows();
  const steal: number[] = [];
  const calmly = calmRounds(SPARE_ROUNDS);
  for (let round = 0; round < rounds; round++) {
    for (const { name, start } of contenders) {
      const running = start(lan.host("tx"), setting);
      await sleep(SETTLE_MS);
      for (const { label, loops } of loads) {
        const { value, stealPercent: stolen } = await calmly(async () => {
          const busy = startBusyLoops(loops);
          const capture = await startCapture(lan, lan.host("rx"), join(setting.folder, "pacing.pcap"), { packetBytes: HEADER_BYTES });
          const before = readProcessorTicks();
          await sleep(seconds * 1000);
          const stolenPercent = stealPercent(before);
          const reports = analyseRtp(await capture.stop());
          busy.stop();
          const values = valuesOf(reports);
          if (values === null) throw new Error(`${name} sent nothing: ${running.stderr().slice(-1000)}`);
          return { value: values, stealPercent: stolenPercent };
        });
        rows.add(name, label, value);
        steal.push(stolen);
      }
      await running.stop();
    }
  }
  return {
    title: "Lateness on the receiving side, ms",
    metrics: [
      { key: "pictureP99", label: "picture p99", digits: 2 },
      { key: "pictureP50", label: "p50", digits: 2 },
      { key: "pictureMax", label: "max", digits: 2 },
      { key: "soundP50", label: "sound p50", digits: 2 },
      { key: "soundP99", label: "p99", digits: 2 },
      { key: "soundMax", label: "max", digits: 2 },
      { key: "burst", label: "packets in one ms", digits: 0 },
      { key: "driftPpm", label: "drift, ppm", digits: 0 },
      { key: "pictureBytes", label: "bytes a picture", digits: 0 },
    ],
    rows: loads.flatMap(({ label }) => rows.all().filter(({ condition }) => condition === label)),
    stealPercent: steal,
    notes: [
      `${seconds} s of each round; a picture's first packet, or a block of sound, against its own RTP time; the best hundredth counts as 0`,
    ],
  };
}

/** Null if one of the two streams is not there. */
function valuesOf(reports: readonly StreamReport[]): Readonly<Record<string, number>> | null {
  const picture = reports.find(({ port }) => port === PORT);
  const sound = reports.find(({ port }) => port === PORT + 2);
  if (picture === undefined || sound === undefined) return null;
  return {
    pictureP50: picture.latenessMs.p50,
    pictureP99: picture.latenessMs.p99,
    pictureMax: picture.latenessMs.max,
    soundP50: sound.latenessMs.p50,
    soundP99: sound.latenessMs.p99,
    soundMax: sound.latenessMs.max,
    burst: picture.burstPackets,
    driftPpm: picture.driftPpm,
    pictureBytes: picture.payloadBytes / picture.frames,
  };
}
