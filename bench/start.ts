/** From the command to the first packet on another host's wire, and from a stranger's joining to its first decoded picture. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCapture } from "../test/e2e/capture.ts";
import type { Host } from "../test/e2e/host.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { CACHED, CONTENDERS, GROUP, PORT, fromSources } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { sleep } from "./sleep.ts";

const ROUNDS = { full: 4, quick: 2 } as const;
/** All have sent something by then. */
const STARTED_MS = 2000;

export const start: Bench = {
  name: "start",
  summary: "command to first packet, joining to first picture",
  isOptIn: false,
  run: measureStart,
};

async function measureStart(setting: Setting): Promise<Finding> {
  const lan = await setting.lan(["tx", "rx"]);
  const [tx, rx] = [lan.host("tx"), lan.host("rx")];
  const sdp = writeSdp(setting.folder);
  const contenders = [...CONTENDERS, ...CACHED, fromSources];
  for (const contender of contenders) contender.prepare(setting);
  for (const { start } of contenders) {
    // What it reads and compiles at its first start is there at the later ones.
    const running = start(tx, setting);
    await sleep(STARTED_MS);
    await running.stop();
  }
  const rows = new Rows();
  const steal: number[] = [];
  for (let round = 0; round < (setting.isQuick ? ROUNDS.quick : ROUNDS.full); round++) {
    for (const { name, start } of contenders) {
      const before = readProcessorTicks();
      const capture = await startCapture(lan, rx, join(setting.folder, "start.pcap"), {
        packetBytes: 100,
        filter: `udp dst port ${PORT} or udp dst port ${PORT + 2}`,
      });
      // The wall clock, since a capture has no other; both are this machine's.
      const atMs = performance.timeOrigin + performance.now();
      const running = start(tx, setting);
      await sleep(STARTED_MS);
      const joinedMs = await timeFirstPicture(rx, sdp);
      const packets = await capture.stop();
      await running.stop();
      const first = (port: number): number =>
        (packets.find(({ destinationPort }) => destinationPort === port)?.timeMs ?? Number.NaN) - atMs;
      rows.add(name, "", { pictureMs: first(PORT), soundMs: first(PORT + 2), joinedMs });
      steal.push(stealPercent(before));
    }
  }
  return {
    title: "Starting, ms",
    metrics: [
      { key: "pictureMs", label: "command to first packet of picture", digits: 0 },
      { key: "soundMs", label: "of sound", digits: 0 },
      { key: "joinedMs", label: "joining to first picture", digits: 0 },
    ],
    rows: rows.all(),
    stealPercent: steal,
    notes: [
      "each has been started once before: files and compiled code are in caches; who joins is ffmpeg, its own start included, to each of the three alike",
    ],
  };
}

/** The whole command of an ffmpeg that joins, decodes one picture and ends. */
async function timeFirstPicture(host: Host, sdp: string): Promise<number> {
  const startedMs = performance.now();
  const input = ["-protocol_whitelist", "file,udp,rtp", "-fflags", "nobuffer", "-fpsprobesize", "0", "-i", sdp];
  await host.output("ffmpeg", ["-v", "error", "-nostdin", ...input, "-map", "0:v", "-frames:v", "1", "-f", "null", "-"]);
  return performance.now() - startedMs;
}

/** The same for all three: static payload types (RFC 3551). */
export function writeSdp(folder: string, group = GROUP): string {
  const file = join(folder, "bench.sdp");
  const media = [`m=video ${PORT} RTP/AVP 26`, `m=audio ${PORT + 2} RTP/AVP 10`];
  writeFileSync(file, [`v=0`, `o=- 1 1 IN IP4 10.77.0.1`, `s=bench`, `c=IN IP4 ${group}/1`, `t=0 0`, ...media, ""].join("\r\n"));
  return file;
}
