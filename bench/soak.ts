/** An hour of streamerd: memory and lateness over time, a row for every sixtieth of it. `--minutes N` says another length. */

import { join } from "node:path";
import { startCapture } from "../test/e2e/capture.ts";
import { analyseRtp } from "../test/e2e/rtp-analysis.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import type { Curve } from "./curve.ts";
import { PORT, contendersNamed } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { treeProcessorSeconds, treeResidentMegabytes } from "./process-use.ts";
import { sleep } from "./sleep.ts";

const ROWS = 60;
/** By these is a row's time told, in its condition. */
const MINUTE = /^minute (?<minutes>[\d.]+)$/;
/** What is drawn, by the keys of metrics. */
const DRAWN: readonly string[] = ["megabytes", "pictureP99", "processorPercent"];

export const soak: Bench = {
  name: "soak",
  summary: "an hour: memory and lateness over time",
  isOptIn: true,
  run: measureSoak,
};

async function measureSoak(setting: Setting): Promise<Finding> {
  const { minutes } = setting;
  const lan = await setting.lan(["tx", "rx"]);
  const rows = new Rows();
  const steal: number[] = [];
  for (const { name, start } of contendersNamed("streamerd")) {
    const running = start(lan.host("tx"), setting);
    await running.waitForLine(/^streamerd ready/);
    for (let row = 1; row <= ROWS; row++) {
      const file = join(setting.folder, "soak.pcap");
      const capture = await startCapture(lan, lan.host("rx"), file, { packetBytes: 100, filter: `udp dst port ${PORT}` });
      const before = readProcessorTicks();
      const fromSeconds = treeProcessorSeconds(running.pid);
      const seconds = (60 * minutes) / ROWS;
      await sleep(seconds * 1000);
      if (running.hasEnded()) throw new Error(`${name} has ended: ${running.stderr()}`);
      const used = treeProcessorSeconds(running.pid) - fromSeconds;
      const [picture] = analyseRtp(await capture.stop());
      rows.add(name, `minute ${((row * minutes) / ROWS).toFixed(Number.isInteger(minutes / ROWS) ? 0 : 2)}`, {
        megabytes: treeResidentMegabytes(running.pid),
        pictureP99: picture?.latenessMs.p99 ?? Number.NaN,
        pictureMax: picture?.latenessMs.max ?? Number.NaN,
        lost: picture?.lost ?? Number.NaN,
        processorPercent: (100 * used) / seconds,
      });
      steal.push(stealPercent(before));
    }
    await running.stop();
  }
  return {
    title: `${minutes} minutes`,
    metrics: [
      { key: "megabytes", label: "memory, MB", digits: 0 },
      { key: "pictureP99", label: "picture p99, ms", digits: 2 },
      { key: "pictureMax", label: "max, ms", digits: 2 },
      { key: "lost", label: "packets lost", digits: 0 },
      { key: "processorPercent", label: "CPU, % of a core", digits: 1 },
    ],
    rows: rows.all(),
    stealPercent: steal,
    notes: ["memory is the sum over the daemon and its source at the end of each row's time"],
  };
}

/** Over time, of what `measureSoak` found. */
export function curvesOf({ metrics, rows }: Pick<Finding, "metrics" | "rows">): readonly Curve[] {
  return metrics
    .filter(({ key }) => DRAWN.includes(key))
    .map((metric) => ({
      metric,
      points: rows.map(({ condition, values }) => ({
        minutes: Number(MINUTE.exec(condition)?.groups?.["minutes"]),
        value: values[metric.key]?.[0] ?? Number.NaN,
      })),
    }));
}
