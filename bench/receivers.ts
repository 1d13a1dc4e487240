/** What clients that report every second cost the daemon: its processor time with 1, 10, 100 and 1,000 of them, and how late its pictures are. */

import { join } from "node:path";
import { startCapture } from "../test/e2e/capture.ts";
import { analyseRtp } from "../test/e2e/rtp-analysis.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { PORT, contendersNamed } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { processorSeconds, treeProcessorSeconds } from "./process-use.ts";
import { sleep } from "./sleep.ts";

const COUNTS = [1, 10, 100, 1000] as const;
const CLIENTS = join(import.meta.dirname, "reporting-clients.ts");
const NODE = join(import.meta.dirname, "../bin/node");
const SETTLE_MS = 3000;
/** Processor time comes in hundredths of a second. */
const SECONDS = { full: 10, quick: 5 } as const;
const JOIN_DEADLINE_MS = 60_000;

export const receivers: Bench = {
  name: "receivers",
  summary: "the daemon's cost with 1 to 1,000 joined clients that report",
  isOptIn: false,
  run: measureReceivers,
};

async function measureReceivers(setting: Setting): Promise<Finding> {
  const seconds = setting.isQuick ? SECONDS.quick : SECONDS.full;
  const lan = await setting.lan(["tx", "rx"]);
  const [tx, rx] = [lan.host("tx"), lan.host("rx")];
  const rows = new Rows();
  const steal: number[] = [];
  for (const { name, start } of contendersNamed("streamerd")) {
    const running = start(tx, setting);
    await running.waitForLine(/^streamerd ready/);
    for (const count of COUNTS) {
      const clients = rx.spawn(NODE, [CLIENTS, tx.address, "main", `${count}`]);
      await clients.waitForLine(/^reporting/, JOIN_DEADLINE_MS);
      await sleep(SETTLE_MS);
      const file = join(setting.folder, "receivers.pcap");
      const capture = await startCapture(lan, rx, file, { packetBytes: 100, filter: `udp dst port ${PORT}` });
      const before = readProcessorTicks();
      const [allFrom, daemonFrom, fromMs] = [treeProcessorSeconds(running.pid), processorSeconds(running.pid), performance.now()];
      await sleep(seconds * 1000);
      const all = treeProcessorSeconds(running.pid) - allFrom;
      const daemon = processorSeconds(running.pid) - daemonFrom;
      const lasted = (performance.now() - fromMs) / 1000;
      steal.push(stealPercent(before));
      const [picture] = analyseRtp(await capture.stop());
      rows.add(name, `${count} client${count === 1 ? "" : "s"}`, {
        processorPercent: (100 * all) / lasted,
        daemonPercent: (100 * daemon) / lasted,
        pictureP99: picture?.latenessMs.p99 ?? Number.NaN,
      });
      await clients.stop("SIGKILL");
    }
    await running.stop();
  }
  return {
    title: "What clients that report every second cost the daemon",
    metrics: [
      { key: "processorPercent", label: "CPU of the daemon and its source, % of a core", digits: 1 },
      { key: "daemonPercent", label: "of the daemon alone", digits: 1 },
      { key: "pictureP99", label: "picture p99, ms", digits: 2 },
    ],
    rows: rows.all(),
    stealPercent: steal,
    notes: [
      `${seconds} s each; the clients are real connections of one process on another host, whose own time is not counted`,
      "decoding differs from one ten seconds of the film to the next by more than a hundred clients cost: the daemon alone has none of that",
    ],
  };
}
