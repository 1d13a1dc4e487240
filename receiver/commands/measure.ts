/** `streamctl measure`: the same sound over UDP and over TCP, what was lost and how late each byte came; files, a summary and a report. */

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { RefusedError } from "../../control/client-error.ts";
import type { MeasureRequest, ReceiveIo } from "../../control/receive-request.ts";
import { messageOf, readingProblem } from "../../control/system-error.ts";
import { UsageError } from "../../control/usage-error.ts";
import { monotonicMs } from "../clock.ts";
import { membershipAddresses, refuseUnknownInterface } from "../join/membership-place.ts";
import { openMulticast } from "../join/multicast.ts";
import { joinSession } from "../join/session.ts";
import type { Session } from "../join/session.ts";
import { openTcp } from "../join/tcp.ts";
import type { OnPacket, Transport } from "../join/transport.ts";
import { Collector } from "../measure/collector.ts";
import { prepareFolder, runExists, writeReport, writeRun } from "../measure/files.ts";
import { fetchReference } from "../measure/fetch-reference.ts";
import { parseReference } from "../measure/reference.ts";
import type { Reference } from "../measure/reference.ts";
import { runName } from "../measure/results.ts";
import { summarize } from "../measure/summarize.ts";
import type { StreamOf } from "../receiver.ts";
import { refusing } from "./refusing.ts";
import { findTargets } from "./request.ts";

/** Pings for the clock, as often as they may come: a run is short. */
const PING_MS = 200;
/** Nothing comes any more: the clip is over. */
const SILENT_MS = 5000;

export async function runMeasure(request: MeasureRequest, io: ReceiveIo): Promise<void> {
  const { folder, rate, ways, overwrite } = request;
  const there = ways.find((transport) => runExists(folder, { rate, transport }));
  if (there !== undefined && !overwrite)
    throw new RefusedError(
      0,
      `${folder}/${runName({ rate, transport: there })}.json is there already: choose another --rate or --out, or --force`,
      null,
    );
  refuseUnknownInterface(request.interface);
  const reference = request.reference === null ? null : await loadReference(request.reference, io.signal);
  refusing(() => prepareFolder(folder));
  for (const way of ways) if (!io.signal.aborted) await measureOnce(request, way, reference, io);
  io.say(`report: ${refusing(() => writeReport(folder))}`);
}

async function measureOnce(request: MeasureRequest, way: "udp" | "tcp", reference: Reference | null, io: ReceiveIo): Promise<void> {
  const { targets, channel } = await findTargets(request, io);
  const { name, pass } = request;
  const transport = way === "tcp" ? "tcp" : "multicast";
  const session = await joinSession(targets, { channel, transport, name: name ?? "measure", pass }, io.signal);
  try {
    const { audio } = session.streams;
    if (audio === null) throw new RefusedError(0, `${session.channel} has no sound to measure`, null);
    const collector = new Collector(audio, audio.payloadType, audio.ssrc, audio.time);
    const protectedPackets = session.keys?.protectedPackets() ?? null;
    if (protectedPackets !== null) session.keys?.use(protectedPackets);
    const push: OnPacket = (from, packet) => {
      if (from === "audio") collector.push(packet, monotonicMs());
      else if (from === "audioControl") collector.control(packet);
    };
    const transport = await open(request, session, protectedPackets?.before(push) ?? push);
    io.say(`measuring ${session.channel} over ${way.toUpperCase()} for ${request.durationMs / 1000} s`);
    try {
      await collect(collector, session, transport, request.durationMs, io);
    } finally {
      await transport.close();
    }
    const collected = collector.finish();
    if (collected === null)
      throw new RefusedError(0, `nothing came over ${way.toUpperCase()}: is the channel playing, and does the network carry it?`, null);
    const summary = summarize({ rate: request.rate, transport: way, channel: session.channel }, audio, collected, reference, true);
    const files = refusing(() => writeRun(request.folder, summary, collected));
    if (io.json) io.out(`${JSON.stringify({ ...summary, delayCurve: undefined, files })}\n`);
    else io.out(`${line(summary)}\n`);
  } finally {
    session.close();
  }
}

async function collect(collector: Collector, session: Session, transport: Transport, durationMs: number, io: ReceiveIo): Promise<void> {
  const startMs = monotonicMs();
  const over = new AbortController();
  void transport.ended.then(() => over.abort());
  void session.lost.then(() => over.abort());
  const signal = AbortSignal.any([io.signal, over.signal]);
  while (!signal.aborted && !collector.isFull) {
    const nowMs = monotonicMs();
    if (nowMs - startMs > durationMs || nowMs - Math.max(startMs, collector.lastPacketMs) > SILENT_MS) return;
    await session.ping((sent, heard, replied, answered) => collector.ping(sent, heard, replied, answered)).catch(() => undefined);
    io.progress(`${Math.round((nowMs - startMs) / 1000)} s, ${collector.count} packets`);
    await delay(PING_MS, undefined, { signal }).catch(() => undefined);
  }
  if (over.signal.aborted && !io.signal.aborted)
    io.say(`the daemon went away after ${Math.round((monotonicMs() - startMs) / 1000)} s: what had come by then is counted`);
}

async function open(request: MeasureRequest, session: Session, onPacket: (from: StreamOf, packet: Uint8Array) => void): Promise<Transport> {
  try {
    if (session.ticket !== null) {
      const audioSsrc = session.streams.audio?.ssrc ?? null;
      return await openTcp(session.target, session.ticket, (ssrc) => ssrc === audioSsrc, onPacket);
    }
    const addresses = membershipAddresses(session.ownAddress, request.interface);
    return await openMulticast({ ...session.group, video: null }, addresses, onPacket);
  } catch (error) {
    throw new RefusedError(0, messageOf(error), null);
  }
}

async function loadReference(place: string, signal: AbortSignal): Promise<Reference> {
  const bytes = /^https?:\/\//.test(place) ? await fetchReference(place, signal) : readReference(place);
  const parsed = parseReference(bytes);
  if (!parsed.ok) throw new RefusedError(0, `--reference ${place}: ${parsed.reason}`, null);
  return parsed.value;
}

function readReference(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`--reference ${path}: ${readingProblem(error)}`);
  }
}

function line({ rate, transport, packets, quality, remark, delay: late }: ReturnType<typeof summarize>): string {
  const psnr =
    quality === null ? (remark ?? "no reference") : quality.psnrDb === null ? "lossless" : `PSNR ${quality.psnrDb.toFixed(1)} dB`;
  const times =
    late === null ? "" : `, delay p50 ${late.p50Ms.toFixed(1)} ms, p99 ${late.p99Ms.toFixed(1)} ms, most ${late.maxMs.toFixed(1)} ms`;
  return `${runName({ rate, transport })}: ${packets.lostPercent.toFixed(2)} % lost, ${psnr}${times}`;
}
