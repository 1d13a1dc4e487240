/**
 * How many pictures still arrive whole on a line that loses packets: each sender's, by each receiver. The four lines are four hosts, so that all of
 * them see the same minute of a sender.
 */

import { join } from "node:path";
import type { Host } from "../test/e2e/host.ts";
import { losePackets } from "../test/e2e/lossy-line.ts";
import { Rows } from "./bench.ts";
import type { Bench, Finding, Setting } from "./bench.ts";
import { CONTENDERS, GROUP, LIVE, PORT, spawnStreamerd } from "./contenders.ts";
import type { Contender } from "./contenders.ts";
import { readProcessorTicks, stealPercent } from "./machine.ts";
import { sleep } from "./sleep.ts";
import { writeSdp } from "./start.ts";

const ROOT = join(import.meta.dirname, "..");
const LINES = [
  { host: "rx1", percent: 0 },
  { host: "rx2", percent: 0.1 },
  { host: "rx3", percent: 1 },
  { host: "rx4", percent: 5 },
] as const;
const SECONDS = { full: 13, quick: 6 } as const;
const SETTLE_MS = 3000;

export const loss: Bench = {
  name: "loss",
  summary: "pictures that arrive whole under 0.1, 1 and 5 % packet loss",
  isOptIn: false,
  run: measureLoss,
};

/** Of the table: each sender by the receiver that comes with it. */
export const OWN_RECEIVER = "by its own receiver";

type Sender = { readonly name: string; readonly start: Contender["start"]; readonly receivers: readonly Receiver[] };
/** Counts pictures for so many seconds. */
type Receiver = { readonly name: string; readonly count: (host: Host, sdp: string, seconds: number) => Promise<number> };

const byFfmpeg: Receiver = {
  name: "by ffmpeg",
  count: async (host, sdp, seconds) => {
    const input = ["-protocol_whitelist", "file,udp,rtp", "-fpsprobesize", "0", "-i", sdp, "-map", "0:v", "-t", `${seconds}`];
    const words = ["-v", "error", "-nostdin", ...input, "-fps_mode", "passthrough", "-f", "null", "-progress", "pipe:1", "-"];
    return Number(
      (await host.output("ffmpeg", words))
        .match(/frame=\s*(\d+)/g)
        ?.at(-1)
        ?.split("=")[1] ?? 0,
    );
  },
};

/** Pictures are made so small for the count of them: bytes of one, I420. */
const COUNTED_BYTES = 16 * 16 * 1.5;

const byGStreamer: Receiver = {
  name: "by GStreamer",
  count: async (host, _sdp, seconds) => {
    const caps = "application/x-rtp,media=video,clock-rate=90000,encoding-name=JPEG,payload=26";
    const source = `udpsrc address=${GROUP} port=${PORT} buffer-size=2097152 caps=${caps} ! rtpjpegdepay ! jpegdec ! videoconvert ! videoscale`;
    const sink = `! video/x-raw,format=I420,width=16,height=16 ! fdsink fd=1`;
    const running = host.spawn("gst-launch-1.0", ["-q", ...`${source} ${sink}`.split(" ")]);
    await sleep(SETTLE_MS);
    const before = running.stdout().length;
    await sleep(seconds * 1000);
    const after = running.stdout().length;
    await running.stop("SIGKILL");
    return (after - before) / COUNTED_BYTES;
  },
};

const byStreamctl: Receiver = {
  name: "by streamctl",
  count: async (host, _sdp, seconds) => {
    const running = host.spawn(join(ROOT, "bin/streamctl"), ["--host", "10.77.0.1", "--json", "stats"]);
    await running.waitForLine(/"fps"/);
    const before = reportsOf(running.stdout()).length;
    await sleep(seconds * 1000);
    const reports = reportsOf(running.stdout()).slice(before);
    await running.stop();
    return (reports.reduce((sum, fps) => sum + fps, 0) * seconds) / reports.length;
  },
};

function reportsOf(printed: string): readonly number[] {
  return [...printed.matchAll(/"fps":([\d.]+)/g)].map(([, fps]) => Number(fps));
}

const byDatagram: Receiver = {
  name: "by a datagram reader",
  count: async (host, _sdp, seconds) =>
    Number(await host.output(join(ROOT, "bin/node"), [join(ROOT, "bench/datagram-count.ts"), GROUP, `${PORT}`, `${seconds}`])),
};

const datagram: Contender["start"] = (host, { film, folder }) =>
  spawnStreamerd(
    host,
    folder,
    [`channels.main.group=${GROUP}`, `channels.main.port=${PORT}`, "channels.main.profile=datagram", ...LIVE],
    [film],
  );

function asOwn(receiver: Receiver): Receiver {
  return { ...receiver, name: OWN_RECEIVER };
}

const SENDERS: readonly Sender[] = [
  ...CONTENDERS.map(({ name, start }) => ({
    name,
    start,
    receivers: name === "streamerd" ? [asOwn(byStreamctl), byFfmpeg, byGStreamer] : [asOwn(name === "ffmpeg" ? byFfmpeg : byGStreamer)],
  })),
  { name: "streamerd, datagram", start: datagram, receivers: [byDatagram] },
];

async function measureLoss(setting: Setting): Promise<Finding> {
  const lan = await setting.lan(["tx", "rx1", "rx2", "rx3", "rx4"]);
  const seconds = setting.isQuick ? SECONDS.quick : SECONDS.full;
  const sdp = writeSdp(setting.folder);
  for (const contender of CONTENDERS) contender.prepare(setting);
  for (const { host, percent } of LINES) await losePackets(lan.host(host), percent);
  const rows = new Rows();
  const steal: number[] = [];
  for (const { name, start, receivers } of SENDERS) {
    const before = readProcessorTicks();
    const running = start(lan.host("tx"), setting);
    if (name.startsWith("streamerd")) await running.waitForLine(/^streamerd ready/);
    await sleep(SETTLE_MS);
    // At once: all of them meet the same losses.
    const counted = await Promise.all(
      receivers.map(async (receiver) => ({
        receiver,
        counts: await Promise.all(LINES.map(({ host }) => receiver.count(lan.host(host), sdp, seconds))),
      })),
    );
    await running.stop();
    steal.push(stealPercent(before));
    for (const { receiver, counts } of counted) {
      const [all = 0] = counts;
      const shares = LINES.map(({ percent }, index) => [`loss${percent}`, (100 * (counts[index] ?? 0)) / all] as const).slice(1);
      rows.add(name, receiver.name, Object.fromEntries(shares));
    }
  }
  return {
    title: "Pictures that arrive whole, % of those on a line without loss",
    metrics: LINES.slice(1).map(({ percent }) => ({ key: `loss${percent}`, label: `${percent} % lost`, digits: 1 })),
    rows: rows.all(),
    stealPercent: steal,
    notes: [
      `${seconds} s each; a picture is whole if its receiver shows it; fragments of a datagram are lost each for itself`,
      "only streamctl asks for what was lost, and loses of that, and of its questions, as much; by the others a picture of 16 packets is whole with probability 0.99^16 = 85 % at 1 %, and 44 % at 5 %",
    ],
  };
}
