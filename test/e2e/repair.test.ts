/** Lost packets come again to who has joined. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { ReceptionReport } from "../../receiver/media.ts";
import { createLan } from "./lan.ts";
import { losePackets } from "./lossy-line.ts";
import { temporaryFolder, testMedia } from "./media.ts";
import { lacks } from "./needs.ts";
import { reportsOf } from "./reports.ts";
import { startStreamerd } from "./streamerd.ts";
import { waitFor } from "./wait.ts";

const skip = lacks("ip", "nft");
const STREAMCTL = join(import.meta.dirname, "../../bin/streamctl");
const HOST = "10.77.0.1";
const SECONDS = 8;

test("one packet of twenty is lost: who has joined gets them again, and sees and hears everything", { skip }, async (context) => {
  const lan = await createLan(context, ["tx", "rx1"]);
  await losePackets(lan.host("rx1"), 5);
  const daemon = await startStreamerd(context, lan.host("tx"), [testMedia(context, temporaryFolder(context))]);
  const receiving = lan.host("rx1").spawn(STREAMCTL, ["--host", HOST, "--json", "stats"]);
  await waitFor(`${SECONDS} reports`, () => reportsOf(receiving).length > SECONDS, 40_000);
  const seconds = reportsOf(receiving).slice(1);
  const sum = (of: (report: ReceptionReport) => number): number => seconds.reduce((total, report) => total + of(report), 0);
  const share = sum(({ repaired }) => repaired) / sum(({ expected }) => expected);
  assert.ok(share > 0.03 && share < 0.07, `${share} repaired`);
  assert.ok(sum(({ fps }) => fps) / seconds.length > 23.5, JSON.stringify(seconds));
  const { packetsRetransmitted } = (await daemon.channel()).counters;
  assert.ok(packetsRetransmitted >= sum(({ repaired }) => repaired), `${packetsRetransmitted} sent again`);
  await receiving.stop("SIGINT");
  const stderr = receiving.stderr();
  const [, shown = "", dropped = ""] = /in all (\d+) pictures shown, (\d+) dropped/.exec(stderr) ?? [];
  assert.ok(Number(dropped) < 0.01 * Number(shown), stderr);
});
