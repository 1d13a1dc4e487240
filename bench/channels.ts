/**
 * How many channels of the film this machine carries: found in growing steps from a likely number, then by halving the gap. streamerd carries a number if no picture is missing and
 * p99 lateness is at most 5 ms; the others are never so punctual, and carry it if they hold the film's rate.
 */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { startCapture } from "../test/e2e/capture.ts";
import type { Host } from "../test/e2e/host.ts";
import type { Lan } from "../test/e2e/lan.ts";
import type { Running } from "../test/e2e/running.ts";
import { analyseRtp } from "../test/e2e/rtp-analysis.ts";
import type { StreamReport } from "../test/e2e/rtp-analysis.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { calmRounds } from "./calm.ts";
import { CACHED, LIVE, PORT, cachedIn, contendersNamed, spawnStreamerd } from "./contenders.ts";
import type { Contender, ContenderName } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { loadResult } from "./result-files.ts";
import { sleep } from "./sleep.ts";
import { summarise } from "./summary.ts";

/** The first packet of a picture: its fragment offset, the last three bytes of the word behind the RTP header, is 0 (RFC 2435, 3.1). */
const FIRST_FRAGMENTS = `udp dst port ${PORT} and (udp[20:4] & 0x00ffffff) = 0`;
/** What the daemon's own limit of channels allows. */
const MOST = 64;
/** For each contender. */
const SPARE_PROBES = 2;
/** Where the search begins on a machine of which nothing is known. */
const LIKELY: Partial<Record<ContenderName, number>> = { streamerd: 32, ffmpeg: 24, "streamerd, cached": MOST };
/** A hundred and fifty pictures: one hiccup of the machine is not their p99. */
const MEASURED_S = { full: 6, quick: 5 } as const;
/** Starting all of them, filling their read-ahead and compiling what runs often takes processor time that has to be over; ffmpeg compiles nothing. */
const SETTLE_MS = 3000;
const SETTLE_MS_A_CHANNEL: Partial<Record<ContenderName, number>> = { streamerd: 600, "streamerd, cached": 300, ffmpeg: 200 };
const STEP = 4;
const MOST_P99_MS = 5;
/** Of the film's rate: a picture at the edge of the measured time. */
const LEAST_SHARE = 0.99;

export const channels: Bench = {
  name: "channels",
  summary: "the most channels that this machine carries",
  isOptIn: false,
  run: measureChannels,
};

type Verdict = { readonly isCarried: boolean; readonly worstP99Ms: number };

async function measureChannels(setting: Setting): Promise<Finding> {
  const lan = await setting.lan(["tx", "rx"]);
  const rows = new Rows();
  const before = readProcessorTicks();
  const fps = frameRate(setting.film);
  for (const contender of [...contendersNamed("streamerd", "ffmpeg"), ...CACHED]) {
    contender.prepare(setting);
    const likely = wouldFill(contender.name) ?? LIKELY[contender.name] ?? MOST;
    const calmly = calmRounds(SPARE_PROBES);
    const { count, verdict } = await search(likely, STEP, async (tried) => {
      const { value } = await calmly(async () => {
        const began = readProcessorTicks();
        const found = await probe(lan, contender, tried, setting, fps);
        // What is carried is carried, whatever the host took away.
        return { value: found, stealPercent: found.isCarried ? 0 : stealPercent(began) };
      });
      return value;
    });
    rows.add(contender.name, "", { channels: count, worstP99Ms: verdict?.worstP99Ms ?? Number.NaN });
  }
  return {
    title: "Channels at once",
    metrics: [
      { key: "channels", label: "channels", digits: 0 },
      { key: "worstP99Ms", label: "picture p99 of the worst channel, ms", digits: 2 },
    ],
    rows: rows.all(),
    stealPercent: [stealPercent(before)],
    notes: [
      `streamerd: no picture missing and p99 ≤ ${MOST_P99_MS} ms in every channel; ffmpeg, a process for each: the film's rate is held (${100 * LEAST_SHARE} % of the pictures)`,
      `all play the same film from its beginning; the step of the search is ${STEP}, and ${MOST} is the most that a daemon may have`,
    ],
  };
}

/** As many as would fill all processors, by what one of them cost: from there the search is short. Null where `cost` has not run. */
function wouldFill(name: ContenderName): number | null {
  const cost = loadResult("cost")?.rows.find(({ contender }) => contender === name)?.values["processorPercent"] ?? [];
  const { median } = summarise(cost);
  if (Number.isNaN(median)) return null;
  const count = (100 * availableParallelism()) / median;
  return Math.min(MOST, Math.max(STEP, Math.round(count / STEP) * STEP));
}

function frameRate(film: string): number {
  const words = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate", "-of", "csv=p=0", film];
  const [frames = 0, seconds = 1] = execFileSync("ffprobe", words, { encoding: "utf8" }).split("/").map(Number);
  return frames / seconds;
}

/** The largest number that is carried, to within `step`, sought from `likely` on. */
async function search(
  likely: number,
  step: number,
  carries: (count: number) => Promise<Verdict>,
): Promise<{ readonly count: number; readonly verdict: Verdict | null }> {
  let [low, high]: [number, number] = [0, MOST + step];
  let best: Verdict | null = null;
  let stride = step;
  for (let count = likely; count > low && count < high;) {
    const verdict = await carries(count);
    if (verdict.isCarried) [low, best] = [count, verdict];
    else high = count;
    const isBracketed = low > 0 && high <= MOST;
    if (isBracketed) count = Math.floor((low + high) / 2 / step) * step;
    else count = verdict.isCarried ? Math.min(MOST, low + stride) : Math.max(step, high - stride);
    stride *= 2;
  }
  return { count: low, verdict: best };
}

async function probe(lan: Lan<"tx" | "rx">, contender: Contender, count: number, setting: Setting, fps: number): Promise<Verdict> {
  const running = startAll(contender, lan.host("tx"), count, setting);
  const seconds = setting.isQuick ? MEASURED_S.quick : MEASURED_S.full;
  try {
    await sleep(SETTLE_MS + count * (SETTLE_MS_A_CHANNEL[contender.name] ?? 0));
    const file = join(setting.folder, "channels.pcap");
    const capture = await startCapture(lan, lan.host("rx"), file, { packetBytes: 100, filter: FIRST_FRAGMENTS });
    await sleep(seconds * 1000);
    const reports = analyseRtp(await capture.stop());
    const worstP99Ms = Math.max(...reports.map(({ latenessMs }) => latenessMs.p99), 0);
    const isSteady = (report: StreamReport): boolean => report.framesPerSecond >= fps * LEAST_SHARE && report.seconds > seconds / 2;
    const isWhole = ({ frames, seconds: lasted, latenessMs }: StreamReport): boolean =>
      frames > Math.round(lasted * fps) && latenessMs.p99 <= MOST_P99_MS;
    const isFine = contender.name === "ffmpeg" ? isSteady : isWhole;
    return { isCarried: reports.length >= count && reports.every((report) => isSteady(report) && isFine(report)), worstP99Ms };
  } finally {
    await Promise.all(running.map((one) => one.stop(contender.name === "ffmpeg" ? "SIGKILL" : "SIGINT")));
  }
}

const groupOf = (index: number): string => `239.255.78.${index + 1}`;

/** streamerd carries them all in one daemon; of the others each channel is a process. */
function startAll({ name, start }: Contender, host: Host, count: number, setting: Setting): readonly Running[] {
  const indices = Array.from({ length: count }, (_, index) => index);
  if (name === "ffmpeg") return indices.map((index) => start(host, { ...setting, group: groupOf(index) }));
  const config = join(setting.folder, `channels-${count}.yml`);
  const lines = indices.map((index) => `  c${index}: { source: ${JSON.stringify(setting.film)}, group: ${groupOf(index)}, port: ${PORT} }`);
  writeFileSync(config, `channels:\n${lines.join("\n")}\n`);
  const settings = name === "streamerd" ? LIVE : cachedIn(setting.folder);
  return [spawnStreamerd(host, setting.folder, settings, ["--config", config])];
}
