/** `streamctl stats`: receives a channel, shows nothing of it, and prints a line a second on how it came. */

import type { ReceiveIo, ReceiveRequest } from "../../control/receive-request.ts";
import type { ReceptionReport, Sink } from "../media.ts";
import type { ReceiverTotals } from "../receiver.ts";
import { receiveRequest } from "./request.ts";

/** `least`: the width on a narrow terminal; where there is no room for that, those of higher `droppedAt` are left out first. */
const COLUMNS = [
  { title: "FPS", least: 6, droppedAt: 0 },
  { title: "loss", least: 9, droppedAt: 1 },
  { title: "repaired", least: 9, droppedAt: 2 },
  { title: "late", least: 6, droppedAt: 4 },
  { title: "jitter", least: 10, droppedAt: 3 },
  { title: "buffer", least: 9, droppedAt: 5 },
  { title: "skew", least: 10, droppedAt: 6 },
] as const;
const WIDTH = 10;
/** The heading comes again, so that it is on the screen. */
const HEADING_EVERY = 20;

export async function runStats(request: ReceiveRequest, io: ReceiveIo): Promise<void> {
  let lines = 0;
  const print = (report: ReceptionReport): void => {
    if (io.json) return io.out(`${JSON.stringify(report)}\n`);
    const columns = io.columns();
    if (lines++ % HEADING_EVERY === 0) io.out(`${statsRow(HEADING, columns)}\n`);
    io.out(`${statsRow(cells(report), columns)}\n`);
  };
  const sink: Sink = { picture: () => undefined, sound: () => undefined, report: print, close: () => Promise.resolve() };
  const totals = await receiveRequest(request, io, { leadMs: 0, openSinks: async () => [sink] });
  if (totals === null) return;
  io.say(inAll(totals));
}

function inAll({ pictures, sound, packets, jumps }: ReceiverTotals): string {
  const concealed = sound.played === 0 ? 0 : (100 * sound.concealed) / sound.played;
  return [
    `in all ${pictures.shown} pictures shown, ${pictures.dropped} dropped, ${pictures.overtaken} too late`,
    `${concealed.toFixed(2)} % of the sound replaced`,
    `${packets.lost} of ${packets.expected} packets lost, ${packets.repaired} repaired, ${packets.late} late`,
    `${jumps} jumps of the clock`,
  ].join("; ");
}

function cells({ fps, lost, expected, repaired, late, jitterMs, bufferMs, skewMs }: ReceptionReport): readonly string[] {
  const loss = expected === 0 ? "-" : `${((100 * lost) / expected).toFixed(2)} %`;
  return [
    fps.toFixed(1),
    loss,
    String(repaired),
    String(late),
    `${jitterMs.toFixed(1)} ms`,
    `${bufferMs.toFixed(0)} ms`,
    `${skewMs.toFixed(1)} ms`,
  ];
}

const HEADING = COLUMNS.map(({ title }) => title);

/** `room`: the columns of a terminal; null: all that are wanted. */
export function statsRow(texts: readonly string[], room: number | null): string {
  if (room === null || room >= WIDTH * COLUMNS.length) return texts.map((text) => text.padStart(WIDTH)).join("");
  let shown = COLUMNS.map((column, index) => ({ ...column, text: texts[index] ?? "" }));
  const width = (): number => shown.reduce((sum, { least }) => sum + least, 0);
  while (shown.length > 1 && width() > room) {
    const last = Math.max(...shown.map(({ droppedAt }) => droppedAt));
    shown = shown.filter(({ droppedAt }) => droppedAt !== last);
  }
  return shown.map(({ text, least }) => text.padStart(least)).join("");
}
