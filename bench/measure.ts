/**
 * The classic experiment: a clip of sound over UDP and over TCP, on a line that is limited to one rate after the other.
 * `bin/node bench/measure.ts [FOLDER] [RATE…]` (kbit/s); needs root. The report is FOLDER/report.html.
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createLan } from "../test/e2e/lan.ts";
import { startStreamerd } from "../test/e2e/streamerd.ts";

const ROOT = join(import.meta.dirname, "..");
/** 16 kHz mono: 271 kbit/s on the wire. */
const RATE_HZ = 16_000;
const SECONDS = 15;

const [folder = "measurement", ...named] = process.argv.slice(2);
const rates = named.length > 0 ? named : ["2000", "512", "300", "270", "240"];
const clip = "/tmp/streamerd-clip.wav";
const tone = "aevalsrc=exprs='0.3*sin(2*PI*(300+40*t)*t)*(1+0.5*sin(5*t))+0.05*random(0)'";
execFileSync("ffmpeg", [
  "-v",
  "error",
  "-y",
  "-f",
  "lavfi",
  "-i",
  `${tone}:sample_rate=${RATE_HZ}:duration=20`,
  "-ac",
  "1",
  "-c:a",
  "pcm_s16le",
  clip,
]);

const cleaners: (() => Promise<void>)[] = [];
const context = { after: (clean: () => Promise<void>) => void cleaners.push(clean) };
try {
  const lan = await createLan(context, ["tx", "rx"]);
  const [tx, rx] = [lan.host("tx"), lan.host("rx")];
  for (const way of ["udp", "tcp"] as const) {
    // The line is to carry one of the two: what is taken over TCP is sent to the group on the daemon's own host alone.
    const interfaces = way === "udp" ? "eth0" : "127.0.0.1";
    const settings = { "audio.sampleRateHz": RATE_HZ, "audio.channels": 1, "audio.reference": true, interfaces };
    const words = Object.entries(settings).flatMap(([key, value]) => ["--set", `channels.main.${key}=${value}`]);
    const daemon = await startStreamerd(context, tx, [...words, clip]);
    for (const rate of rates) {
      await tx.output(join(ROOT, "bench/netcond.sh"), ["eth0", "clear"]);
      // The reference comes over the same line: first it, then the limit.
      await rx.output("curl", ["-sf", "-o", `${clip}.fetched`, `http://${tx.address}:9680/main.wav`]);
      await tx.output(join(ROOT, "bench/netcond.sh"), ["eth0", "rate", `${rate}kbit`]);
      const args = [
        "--host",
        tx.address,
        "measure",
        "--rate",
        rate,
        "--over",
        way,
        "--out",
        folder,
        "--duration",
        String(SECONDS),
        "--reference",
        `${clip}.fetched`,
        "--force",
      ];
      const { stdout, stderr, status } = await rx.exec(join(ROOT, "bin/streamctl"), args);
      process.stdout.write(status === 0 ? stdout : `${rate} ${way}: ${stderr}`);
    }
    await tx.output(join(ROOT, "bench/netcond.sh"), ["eth0", "clear"]);
    await daemon.stop();
  }
} finally {
  for (const clean of cleaners.toReversed()) await clean();
}
