/** One daemon with a film of its own, on one host; what arrives at another one, captured and looked at. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseRtp } from "../../wire/rtp.ts";
import { startCapture } from "./capture.ts";
import type { Capture } from "./capture.ts";
import { createLan } from "./lan.ts";
import type { Lan } from "./lan.ts";
import { makeFilm, temporaryFolder } from "./media.ts";
import type { Datagram } from "./pcap.ts";
import { analyseRtp, CLOCK_VIDEO_HZ } from "./rtp-analysis.ts";
import { startStreamerd } from "./streamerd.ts";
import type { Daemon } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

export const VIDEO_PORT = 5004;

export type Stage = {
  readonly lan: Lan<"tx" | "rx1">;
  readonly daemon: Daemon;
  readonly capture: () => Promise<Capture>;
  readonly folder: string;
};

export async function setTheStage(context: TestContext, args: readonly string[] = [], seconds = 30): Promise<Stage> {
  const folder = temporaryFolder(context);
  const film = makeFilm(join(folder, "film.mp4"), seconds);
  const lan = await createLan(context, ["tx", "rx1"]);
  const daemon = await startStreamerd(context, lan.host("tx"), [...args, film]);
  let captures = 0;
  return { lan, daemon, folder, capture: () => startCapture(lan, lan.host("rx1"), join(folder, `${captures++}.pcap`)) };
}

/** RTP time and capture time of each picture's first packet. */
export function pictures(datagrams: readonly Datagram[]): readonly { readonly rtpTs: number; readonly timeMs: number }[] {
  const found: { rtpTs: number; timeMs: number }[] = [];
  for (const { destinationPort, payload, timeMs } of datagrams) {
    const parsed = destinationPort === VIDEO_PORT ? parseRtp(payload) : null;
    if (parsed?.ok === true && found.at(-1)?.rtpTs !== parsed.value.rtpTs) found.push({ rtpTs: parsed.value.rtpTs, timeMs });
  }
  return found;
}

export function largestGapMs(seen: readonly { readonly rtpTs: number }[]): number {
  return Math.max(...seen.slice(1).map(({ rtpTs }, index) => (((rtpTs - (seen[index]?.rtpTs ?? 0)) >>> 0) * 1000) / CLOCK_VIDEO_HZ));
}

export function assertOneUnbrokenSession(datagrams: readonly Datagram[]): void {
  const reports = analyseRtp(datagrams);
  assert.deepEqual(
    reports.map(({ port }) => port),
    [VIDEO_PORT, VIDEO_PORT + 2],
    "one SSRC for each stream",
  );
  for (const { lost, reordered, hasTimeGoneBack } of reports) {
    assert.deepEqual({ lost, reordered, hasTimeGoneBack }, { lost: 0, reordered: 0, hasTimeGoneBack: false });
  }
}

export async function playFor(daemon: Daemon, ms: number): Promise<void> {
  const { uptimeMs } = await daemon.status();
  await waitFor(`${ms} ms`, async () => (await daemon.status()).uptimeMs >= uptimeMs + ms);
}
