/** What a capture tells of each RTP stream in it, whoever sent it: loss, order, lateness against the stream's own time, spread and bursts. */

import { parseRtp } from "../../wire/rtp.ts";
import { unwrapRtpTs, unwrapSequence } from "../../wire/sequence.ts";
import type { Datagram } from "./pcap.ts";

export type Percentiles = { readonly p50: number; readonly p99: number; readonly max: number };

export type StreamReport = {
  readonly group: string;
  readonly port: number;
  readonly ssrc: number;
  readonly payloadType: number;
  readonly packets: number;
  /** Sequence numbers between the first and the last that never came. */
  readonly lost: number;
  /** The lost ones in runs: extended sequence number of the first missing, and how many. */
  readonly gaps: readonly { readonly firstMissing: number; readonly count: number }[];
  /** Packets that came after a later one. */
  readonly reordered: number;
  readonly duplicates: number;
  /** Distinct RTP times: pictures, or blocks of sound. */
  readonly frames: number;
  /** Whether RTP time ever went back in the order of sequence numbers. */
  readonly hasTimeGoneBack: boolean;
  readonly seconds: number;
  readonly framesPerSecond: number;
  readonly payloadBytes: number;
  readonly largestPacketBytes: number;
  /** Arrival of a frame's first packet against its RTP time; the best percent of them is 0. Milliseconds. Without the first frame, as is the drift. */
  readonly latenessMs: Percentiles;
  /** From a frame's first packet to its last. Milliseconds. */
  readonly spreadMs: Percentiles;
  /** The most packets that came within one millisecond. */
  readonly burstPackets: number;
  /** How much slower than RTP time the arrivals run, in parts per million (least squares over the frames). */
  readonly driftPpm: number;
};

type Arrival = { readonly timeMs: number; readonly sequence: number; readonly rtpTs: number; readonly bytes: number };
type Frame = { readonly rtpTs: number; firstMs: number; lastMs: number };

/** Static payload types (RFC 3551) of sound at 44,100 Hz; everything else has the video clock unless the caller knows better. */
const CLOCK_44100 = new Set([10, 11]);
export const CLOCK_VIDEO_HZ = 90_000;
/** RTCP's packet types 200 to 207 where an RTP payload type would stand (RFC 5761, section 4). */
const isRtcp = (payload: Uint8Array): boolean => (payload[1] ?? 0) >= 200 && (payload[1] ?? 0) <= 207;

/** One report for each destination, SSRC and payload type, sorted by port. `clockHz` overrides the clock of a payload type. */
export function analyseRtp(datagrams: readonly Datagram[], clockHz: Readonly<Record<number, number>> = {}): readonly StreamReport[] {
  const streams = new Map<
    string,
    { readonly first: Pick<StreamReport, "group" | "port" | "ssrc" | "payloadType">; readonly arrivals: Arrival[] }
  >();
  for (const { timeMs, destination, destinationPort, payload, payloadBytes } of datagrams) {
    const parsed = isRtcp(payload) ? null : parseRtp(payload);
    if (parsed?.ok !== true) continue;
    const { ssrc, payloadType, sequence, rtpTs } = parsed.value;
    const key = `${destination} ${destinationPort} ${ssrc} ${payloadType}`;
    const stream = streams.get(key) ?? { first: { group: destination, port: destinationPort, ssrc, payloadType }, arrivals: [] };
    streams.set(key, stream);
    const last = stream.arrivals.at(-1);
    stream.arrivals.push({
      timeMs,
      sequence: unwrapSequence(sequence, last?.sequence ?? sequence),
      rtpTs: unwrapRtpTs(rtpTs, last?.rtpTs ?? rtpTs),
      bytes: payloadBytes,
    });
  }
  const clockOf = (payloadType: number): number => clockHz[payloadType] ?? (CLOCK_44100.has(payloadType) ? 44_100 : CLOCK_VIDEO_HZ);
  return [...streams.values()]
    .map(({ first, arrivals }) => ({ ...first, ...orderOf(arrivals), ...timingOf(arrivals, clockOf(first.payloadType)) }))
    .toSorted((a, b) => a.port - b.port);
}

function orderOf(arrivals: readonly Arrival[]) {
  const seen = new Set<number>();
  let highest = -Infinity;
  let [reordered, duplicates] = [0, 0];
  for (const { sequence } of arrivals) {
    if (seen.has(sequence)) duplicates++;
    else if (sequence < highest) reordered++;
    seen.add(sequence);
    highest = Math.max(highest, sequence);
  }
  const inOrder = arrivals.toSorted((a, b) => a.sequence - b.sequence);
  const gaps: { firstMissing: number; count: number }[] = [];
  let hasTimeGoneBack = false;
  inOrder.forEach(({ sequence, rtpTs }, index) => {
    const before = inOrder[index - 1];
    if (before === undefined) return;
    const count = sequence - before.sequence - 1;
    if (count > 0) gaps.push({ firstMissing: before.sequence + 1, count });
    if (rtpTs < before.rtpTs) hasTimeGoneBack = true;
  });
  const lost = gaps.reduce((sum, { count }) => sum + count, 0);
  return { packets: arrivals.length, lost, gaps, reordered, duplicates, hasTimeGoneBack };
}

function timingOf(arrivals: readonly Arrival[], clockHz: number) {
  const frames = [...framesOf(arrivals).values()].toSorted((a, b) => a.rtpTs - b.rtpTs);
  const originMs = arrivals[0]?.timeMs ?? 0;
  const originTs = frames[0]?.rtpTs ?? 0;
  // Of the first one, the beginning may have come before the capture's.
  const timed = frames.length > 1 ? frames.slice(1) : frames;
  const nominalMs = timed.map(({ rtpTs }) => ((rtpTs - originTs) * 1000) / clockHz);
  const behindMs = timed.map(({ firstMs }, index) => firstMs - originMs - (nominalMs[index] ?? 0));
  const bestMs = quantile(behindMs.toSorted(ascending), 0.01);
  const lengthMs = (arrivals.at(-1)?.timeMs ?? 0) - originMs;
  return {
    frames: frames.length,
    seconds: lengthMs / 1000,
    framesPerSecond: lengthMs > 0 ? ((frames.length - 1) * 1000) / lengthMs : 0,
    payloadBytes: arrivals.reduce((sum, { bytes }) => sum + bytes, 0),
    largestPacketBytes: arrivals.reduce((most, { bytes }) => Math.max(most, bytes), 0),
    latenessMs: percentiles(behindMs.map((value) => value - bestMs)),
    spreadMs: percentiles(frames.map(({ firstMs, lastMs }) => lastMs - firstMs)),
    burstPackets: mostWithin(arrivals, 1),
    driftPpm: slope(nominalMs, behindMs) * 1e6,
  };
}

function framesOf(arrivals: readonly Arrival[]): ReadonlyMap<number, Frame> {
  const frames = new Map<number, Frame>();
  for (const { timeMs, rtpTs } of arrivals) {
    const frame = frames.get(rtpTs);
    if (frame === undefined) frames.set(rtpTs, { rtpTs, firstMs: timeMs, lastMs: timeMs });
    else {
      frame.firstMs = Math.min(frame.firstMs, timeMs);
      frame.lastMs = Math.max(frame.lastMs, timeMs);
    }
  }
  return frames;
}

function mostWithin(arrivals: readonly Arrival[], windowMs: number): number {
  let [from, most] = [0, 0];
  arrivals.forEach(({ timeMs }, to) => {
    while (timeMs - (arrivals[from]?.timeMs ?? timeMs) > windowMs) from++;
    most = Math.max(most, to - from + 1);
  });
  return most;
}

/** Slope of the least-squares line of `y` over `x`. */
function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const [meanX, meanY] = [mean(x), mean(y)];
  const square = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  return square === 0 ? 0 : x.reduce((sum, value, index) => sum + (value - meanX) * ((y[index] ?? meanY) - meanY), 0) / square;
}

const ascending = (a: number, b: number): number => a - b;

/** Of the middle, of the worst in a hundred, and the worst; 0 of nothing. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted(ascending);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? 0 };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
