/**
 * How soon and how completely a channel is received, beside ffmpeg and GStreamer on hosts of their own in the same LAN of network namespaces.
 * `bin/node bench/receiving.ts [JOINS] [SECONDS]` as root; the film is STREAMERD_TEST_MEDIA, else a generated one.
 */

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLan } from "../test/e2e/lan.ts";
import { makeFilm } from "../test/e2e/media.ts";
import type { Host } from "../test/e2e/host.ts";
import { startStreamerd } from "../test/e2e/streamerd.ts";
import { processorSeconds, residentMegabytes } from "./process-use.ts";

const ROOT = join(import.meta.dirname, "..");
const STREAMCTL = join(ROOT, "bin/streamctl");
/** Pictures are made so small for GStreamer's count of them: bytes of one, I420. */
const COUNTED_BYTES = 16 * 16 * 1.5;

async function main(joins: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "streamerd-bench-"));
  const cleaners: (() => Promise<void>)[] = [];
  const context = { after: (clean: () => Promise<void>) => void cleaners.push(clean) };
  try {
    const film = process.env["STREAMERD_TEST_MEDIA"] ?? makeFilm(join(folder, "film.mp4"), 60);
    const lan = await createLan(context, ["tx", "rx1", "rx2", "rx3"]);
    const daemon = await startStreamerd(context, lan.host("tx"), [film]);
    const sdp = join(folder, "main.sdp");
    writeFileSync(sdp, await lan.host("tx").output("curl", ["-sf", "http://10.77.0.1:9680/main.sdp"]));
    await measureJoins(lan.host("rx1"), sdp, joins);
    if (seconds > 0)
      await measureLong(
        [lan.host("rx1"), lan.host("rx2"), lan.host("rx3")],
        sdp,
        folder,
        seconds,
        async () => (await daemon.channel()).counters.framesSent,
      );
  } finally {
    for (const clean of cleaners.toReversed()) await clean();
    rmSync(folder, { recursive: true, force: true });
  }
}

const FFMPEG = ["-v", "error", "-nostdin", "-protocol_whitelist", "file,udp,rtp", "-fflags", "nobuffer", "-fpsprobesize", "0"];
const depay = (sdp: string): readonly string[] => ["-q", "filesrc", `location=${sdp}`, "!", "sdpdemux", "name=d"];

async function measureJoins(host: Host, sdp: string, joins: number): Promise<void> {
  const times: Record<"ours" | "whole" | "ffmpeg" | "gstreamer", number[]> = { ours: [], whole: [], ffmpeg: [], gstreamer: [] };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const startMs = performance.now();
    await work();
    return performance.now() - startMs;
  };
  for (let round = 0; round < joins; round++) {
    const startMs = performance.now();
    const ours = host.spawn(STREAMCTL, ["--host", "10.77.0.1", "stats"]);
    const line = await ours.waitForLine(/first picture after (\d+) ms/);
    times.whole.push(performance.now() - startMs);
    times.ours.push(Number(/after (\d+) ms/.exec(line)?.[1]));
    await ours.stop();
    times.ffmpeg.push(await timed(() => host.exec("ffmpeg", [...FFMPEG, "-i", sdp, "-map", "0:v", "-frames:v", "1", "-f", "null", "-"])));
    const pipeline = [...depay(sdp), "d.stream_0", "!", "rtpjpegdepay", "!", "jpegdec", "!", "fakesink", "num-buffers=1"];
    times.gstreamer.push(await timed(() => host.exec("gst-launch-1.0", pipeline)));
  }
  const row = (name: string, values: readonly number[]): string => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(0);
    return `| ${name} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`;
  };
  console.log(`Join to first picture, ms, ${joins} joins\n\n| | p50 | p95 | most |\n| --- | --- | --- | --- |`);
  console.log(row("streamctl, from its start-up being done", times.ours));
  console.log(row("streamctl, whole command", times.whole));
  console.log(row("ffmpeg, whole command", times.ffmpeg));
  console.log(row("GStreamer, whole command", times.gstreamer));
}

async function measureLong(
  [ours, second, third]: readonly [Host, Host, Host],
  sdp: string,
  folder: string,
  seconds: number,
  sent: () => Promise<number>,
): Promise<void> {
  const counted = join(folder, "counted");
  const runs = [
    ours.spawn(STREAMCTL, ["--host", "10.77.0.1", "--json", "stats"]),
    second.spawn("ffmpeg", [
      ...FFMPEG,
      "-i",
      sdp,
      "-map",
      "0:v",
      "-fps_mode",
      "passthrough",
      "-f",
      "null",
      "-progress",
      "pipe:1",
      "-",
      "-map",
      "0:a",
      "-f",
      "null",
      "-",
    ]),
    third.spawn("gst-launch-1.0", [
      ...depay(sdp),
      ...`d.stream_0 ! queue ! rtpjpegdepay ! jpegdec ! videoscale ! video/x-raw,width=16,height=16 ! filesink buffer-mode=unbuffered location=${counted}`.split(
        " ",
      ),
      ...`d.stream_1 ! queue ! rtpL16depay ! fakesink`.split(" "),
    ]),
  ] as const;
  const pictures = (): readonly number[] => [
    reports(runs[0].stdout()).reduce((sum, { fps }) => sum + fps, 0),
    Number(/.*frame=(\d+)/s.exec(runs[1].stdout())?.[1] ?? 0),
    (statSync(counted, { throwIfNoEntry: false })?.size ?? 0) / COUNTED_BYTES,
  ];
  await sleep(5000);
  const before = { sent: await sent(), got: pictures(), used: runs.map(({ pid }) => processorSeconds(pid)) };
  await sleep(seconds * 1000);
  const after = {
    sent: await sent(),
    got: pictures(),
    used: runs.map(({ pid }) => processorSeconds(pid)),
    memory: runs.map(({ pid }) => residentMegabytes(pid)),
  };
  for (const run of runs) await run.stop();
  console.log(
    `\nReceived in ${seconds} s, of ${after.sent - before.sent} pictures sent\n\n| | pictures | CPU, % of a core | RSS, MB |\n| --- | --- | --- | --- |`,
  );
  for (const [index, name] of ["streamctl stats", "ffmpeg, decoding", "GStreamer, decoding"].entries()) {
    const got = (after.got[index] ?? 0) - (before.got[index] ?? 0);
    const cpu = (100 * ((after.used[index] ?? 0) - (before.used[index] ?? 0))) / seconds;
    console.log(`| ${name} | ${got.toFixed(0)} | ${cpu.toFixed(1)} | ${(after.memory[index] ?? 0).toFixed(0)} |`);
  }
  console.log(`\nstreamctl: ${/in all .*/.exec(runs[0].stderr())?.[0]}`);
  const skews = reports(runs[0].stdout())
    .map(({ skewMs }) => Math.abs(skewMs))
    .toSorted((a, b) => a - b);
  console.log(
    `skew at the sinks, means of a second: p50 ${skews[Math.floor(skews.length / 2)]} ms, p99 ${skews[Math.floor(skews.length * 0.99)]} ms`,
  );
}

function reports(stdout: string): readonly { readonly fps: number; readonly skewMs: number }[] {
  return stdout
    .split("\n")
    .filter((line) => line.startsWith('{"fps"') && line.endsWith("}"))
    .map((line) => JSON.parse(line) as { readonly fps: number; readonly skewMs: number });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await main(Number(process.argv[2] ?? 20), Number(process.argv[3] ?? 600));
