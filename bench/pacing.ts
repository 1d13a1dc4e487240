/**
 * How late pictures and sound leave, beside GStreamer and ffmpeg on the same work: A B C A B C …, captured on another host of a LAN in
 * network namespaces. `bin/node bench/pacing.ts [ROUNDS] [SECONDS]` as root; the film is STREAMERD_TEST_MEDIA, else a generated one.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCapture } from "../test/e2e/capture.ts";
import type { Host } from "../test/e2e/host.ts";
import { createLan } from "../test/e2e/lan.ts";
import { makeFilm } from "../test/e2e/media.ts";
import { analyseRtp } from "../test/e2e/rtp-analysis.ts";
import type { StreamReport } from "../test/e2e/rtp-analysis.ts";
import type { Running } from "../test/e2e/running.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const GROUP = "239.255.77.1";
const PORT = 5004;
/** Start-up is measured elsewhere. */
const SETTLE_MS = 3000;

type Contender = { readonly name: string; readonly start: (host: Host, film: string, folder: string) => Running };

const CONTENDERS: readonly Contender[] = [
  {
    name: "streamerd",
    start: (host, film, folder) =>
      host.spawn(join(ROOT, "bin/streamerd"), [
        "--set",
        `channels.main.group=${GROUP}`,
        "--set",
        `control.socket=${folder}/control.sock`,
        film,
      ]),
  },
  {
    name: "GStreamer",
    start: (host, film) =>
      host.spawn("gst-launch-1.0", [
        ...`-q filesrc location=${film} ! decodebin name=d`.split(" "),
        ...`d. ! queue ! videoconvert ! videoscale ! video/x-raw,width=500,height=282 ! jpegenc quality=80`.split(" "),
        ...`! rtpjpegpay ! udpsink host=${GROUP} port=${PORT} auto-multicast=false sync=true`.split(" "),
        ...`d. ! queue ! audioconvert ! audioresample ! audio/x-raw,rate=44100,channels=2 ! rtpL16pay pt=10`.split(" "),
        ...`! udpsink host=${GROUP} port=${PORT + 2} auto-multicast=false sync=true`.split(" "),
      ]),
  },
  {
    name: "ffmpeg",
    start: (host, film) =>
      host.spawn("ffmpeg", [
        ...`-hide_banner -loglevel error -re -stream_loop -1 -i ${film}`.split(" "),
        ...`-map 0:v -vf scale=500:282:flags=area -pix_fmt yuvj420p -c:v mjpeg -huffman default -q:v 4 -f rtp rtp://${GROUP}:${PORT}`.split(
          " ",
        ),
        ...`-map 0:a -c:a pcm_s16be -ar 44100 -ac 2 -f rtp rtp://${GROUP}:${PORT + 2}`.split(" "),
      ]),
  },
];

const COLUMNS = ["picture p50", "p99", "max", "sound p50", "p99", "max", "burst/ms", "drift ppm", "steal %"] as const;

async function main(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-bench-"));
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const film = process.env["STREAMERD_TEST_MEDIA"] ?? makeFilm(join(folder, "film.mp4"), 60);
    const lan = await createLan({ after: (clean) => cleanups.push(clean) }, ["tx", "rx"]);
    const results = new Map<string, number[][]>(CONTENDERS.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const { name, start } of CONTENDERS) {
        const running = start(lan.host("tx"), film, folder);
        await sleep(SETTLE_MS);
        const capture = await startCapture(lan, lan.host("rx"), join(folder, "capture.pcap"));
        const before = readProcessorTicks();
        await sleep(seconds * 1000);
        const after = readProcessorTicks();
        const reports = analyseRtp(await capture.stop());
        await running.stop();
        const stealPercent = (100 * (after.stolen - before.stolen)) / (after.all - before.all);
        results.get(name)?.push([...measure(name, reports), stealPercent]);
      }
    }
    print(results, rounds, seconds);
  } finally {
    for (const clean of cleanups) await clean();
    rmSync(folder, { recursive: true });
  }
}

function measure(name: string, reports: readonly StreamReport[]): number[] {
  const picture = reports.find(({ port }) => port === PORT);
  const sound = reports.find(({ port }) => port === PORT + 2);
  if (picture === undefined || sound === undefined) throw new Error(`${name} sent nothing`);
  const { latenessMs: seen } = picture;
  const { latenessMs: heard } = sound;
  return [seen.p50, seen.p99, seen.max, heard.p50, heard.p99, heard.max, picture.burstPackets, picture.driftPpm];
}

/** What the host of a virtual machine took away: with more than a trace of it, no figure here says much about a program. */
function readProcessorTicks(): { readonly all: number; readonly stolen: number } {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, count) => sum + count, 0), stolen: ticks[7] ?? 0 };
}

function print(results: ReadonlyMap<string, readonly number[][]>, rounds: number, seconds: number): void {
  console.log(`Lateness in ms, median of ${rounds} rounds of ${seconds} s (least to most)\n`);
  console.log(`| | ${COLUMNS.join(" | ")} |\n|${" --- |".repeat(COLUMNS.length + 1)}`);
  for (const [name, rows] of results) {
    const cells = COLUMNS.map((_, column) => {
      const values = rows.map((row) => row[column] ?? Number.NaN).toSorted((one, other) => one - other);
      const show = (value: number | undefined): string => (value ?? Number.NaN).toFixed(2);
      return `${show(values[Math.floor(values.length / 2)])} (${show(values[0])}–${show(values.at(-1))})`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await main(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 15));
