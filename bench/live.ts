/**
 * From capture to the group, of a generated source of 30 FPS: `bin/node bench/live.ts [SECONDS]`, as root (it makes a network namespace of its own).
 * Prints what `streamctl channel show` says of the delay, and how late packets left after it.
 */

import { createLan } from "../test/e2e/lan.ts";
import { startStreamerd } from "../test/e2e/streamerd.ts";

const seconds = Number(process.argv[2] ?? 40);
const cleaning: (() => Promise<void>)[] = [];
const context = { after: (clean: () => Promise<void>) => void cleaning.unshift(clean), diagnostic: () => {} };

try {
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), ["--set", "channels.main.source=test:live"]);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const { captureDelayMs, pacing, counters } = await daemon.channel();
  console.log(
    JSON.stringify({ captureDelayMs, latenessMs: pacing.latenessMs, measuredFps: pacing.measuredFps, dropped: counters.framesDropped }),
  );
} finally {
  for (const clean of cleaning) await clean();
}
