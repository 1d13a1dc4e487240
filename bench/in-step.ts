/**
 * How far apart two hosts show the same picture and play the same sample: their clocks 80 ppm apart and 3 s off. `bin/node bench/in-step.ts [SECONDS]` as root.
 */

import { join } from "node:path";
import { createLan } from "../test/e2e/lan.ts";
import { startStreamerd } from "../test/e2e/streamerd.ts";

const ROOT = join(import.meta.dirname, "..");
const seconds = process.argv[2] ?? "600";
const SKEWS = [
  { SKEW_MS: "3000", SKEW_PPM: "40" },
  { SKEW_MS: "0", SKEW_PPM: "-40" },
] as const;

const cleaners: (() => Promise<void>)[] = [];
const context = { after: (clean: () => Promise<void>) => void cleaners.push(clean) };
try {
  const lan = await createLan(context, ["tx", "rx1", "rx2"]);
  const film = process.env["STREAMERD_TEST_MEDIA"];
  await startStreamerd(context, lan.host("tx"), film === undefined ? ["--set", "channels.main.source=null"] : [film]);
  const script = ["--import", join(ROOT, "bench/skewed-clock.ts"), join(ROOT, "bench/in-step-host.ts"), "10.77.0.1", seconds];
  const hosts = SKEWS.map((env, index) => lan.host(index === 0 ? "rx1" : "rx2").spawn(join(ROOT, "bin/node"), script, { env }));
  await Promise.all(hosts.map(({ ended }) => ended));
  const [a = "", b = ""] = hosts.map(({ stdout }) => stdout());
  for (const [name, kind] of [
    ["pictures", "p"],
    ["blocks of sound", "s"],
  ] as const) {
    const [one, other] = [a, b].map((text) => timesOf(text, kind));
    // The first picture is shown at once, whatever the clock says.
    const apart = [...(one ?? [])].slice(1).flatMap(([key, ms]) => {
      const there = other?.get(key);
      return there === undefined ? [] : [Math.abs(ms - there)];
    });
    const sorted = apart.slice(1).toSorted((x, y) => x - y);
    const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(3);
    console.log(`${sorted.length} ${name}: apart by p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} ms`);
  }
  for (const text of [a, b]) console.log(text.trim().split("\n").at(-1));
} finally {
  for (const clean of cleaners.toReversed()) await clean();
}

function timesOf(text: string, kind: "p" | "s"): ReadonlyMap<string, number> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => [line.split(" ")[1] ?? "", Number(line.split(" ")[2])]),
  );
}
