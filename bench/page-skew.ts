/**
 * How far sound and picture are apart when they leave the page of `streamctl watch` in Chromium: the test film's flashes by the canvas' luminance,
 * its beeps by the audio graph. `bin/node bench/page-skew.ts [SECONDS]` as root.
 */

import { join } from "node:path";
import { createLan } from "../test/e2e/lan.ts";
import { startStreamerd } from "../test/e2e/streamerd.ts";

const ROOT = join(import.meta.dirname, "..");

const seconds = Number(process.argv[2] ?? 60);
const cleaners: (() => Promise<void>)[] = [];
const context = { after: (clean: () => Promise<void>) => void cleaners.push(clean) };
try {
  const lan = await createLan(context, ["tx", "rx"]);
  await startStreamerd(context, lan.host("tx"), ["--set", "channels.main.source=null"]);
  const watch = lan.host("rx").spawn(join(ROOT, "bin/streamctl"), ["--host", "10.77.0.1", "watch"]);
  const line = await watch.waitForLine(/RECEIVING VIDEO: http/);
  const url = `${/http:\S+/.exec(line)?.[0]}?probe`;
  const probe = lan.host("rx").spawn(join(ROOT, "bin/node"), [join(ROOT, "bench/page-probe.ts"), url, String(seconds)]);
  const { status } = await probe.ended;
  process.stdout.write(status === 0 ? probe.stdout() : probe.stderr());
  await watch.stop();
} finally {
  for (const clean of cleaners.toReversed()) await clean();
}
