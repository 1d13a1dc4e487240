/**
 * Who else sends to a channel's group (RFC 3550, section 8.2). In: what comes to its ports. Out: the hosts whose RTP or sender reports
 * carry an SSRC that is not ours. Receivers' reports tell of no sender, and anything else is no news.
 */

import { parseCompound } from "../../wire/rtcp/index.ts";
import { parseRtp } from "../../wire/rtp.ts";
import { distanceU16 } from "../../wire/sequence.ts";

/** Six sender reports of the slowest kind (RFC 3550, section 6.2), or three looks at the ports of RTP. */
export const SILENT_MS = 30_000;
/** Enough to name who it is; the seventeenth would change nothing in what has to be done. */
const MOST_SENDERS = 16;
/** Sources of which one packet has come: noise makes a new one of every datagram. */
const MOST_CANDIDATES = 16;
/** Packets that may be lost between two that show a sequence. */
const MOST_LOST = 100;
/** RTCP's packet types where RTP has marker and payload type (RFC 5761, section 4). */
const isRtcp = (second: number): boolean => second >= 192 && second <= 223;

type Seen = { readonly address: string; readonly lastMs: number };

export class ForeignSenders {
  readonly #own: ReadonlySet<number>;
  /** By SSRC. */
  readonly #senders = new Map<number, Seen>();
  /** The last sequence number by SSRC. */
  readonly #candidates = new Map<number, number>();

  /** `own`: the SSRCs of all streams of this daemon, whose packets come back to it. */
  constructor(own: ReadonlySet<number>) {
    this.#own = own;
  }

  /** A datagram came from this address. Bad ones are ignored: whatever they are, nobody can play them. */
  note(datagram: Uint8Array, address: string, nowMs: number): void {
    if (isRtcp(datagram[1] ?? 0)) this.#noteReports(datagram, address, nowMs);
    else this.#noteRtp(datagram, address, nowMs);
  }

  /** Addresses of those that were heard of lately, each once. */
  hosts(nowMs: number): readonly string[] {
    for (const [ssrc, { lastMs }] of this.#senders) if (nowMs - lastMs > SILENT_MS) this.#senders.delete(ssrc);
    return [...new Set([...this.#senders.values()].map(({ address }) => address))].toSorted();
  }

  #noteReports(datagram: Uint8Array, address: string, nowMs: number): void {
    const compound = parseCompound(datagram);
    if (!compound.ok) return;
    for (const packet of compound.value) {
      if (packet.kind === "sender-report") this.#confirm(packet.ssrc, address, nowMs);
      else if (packet.kind === "goodbye") for (const ssrc of packet.ssrcs) this.#senders.delete(ssrc);
    }
  }

  /** One datagram may look like RTP by chance: two in sequence do not (RFC 3550, section A.1). */
  #noteRtp(datagram: Uint8Array, address: string, nowMs: number): void {
    const packet = parseRtp(datagram);
    if (!packet.ok || this.#own.has(packet.value.ssrc)) return;
    const { ssrc, sequence } = packet.value;
    const last = this.#candidates.get(ssrc);
    const isNext = last !== undefined && isSoonAfter(sequence, last);
    if (this.#senders.has(ssrc) || isNext) {
      this.#candidates.delete(ssrc);
      this.#confirm(ssrc, address, nowMs);
      return;
    }
    this.#candidates.delete(ssrc);
    this.#candidates.set(ssrc, sequence);
    const [oldest] = this.#candidates.keys();
    if (this.#candidates.size > MOST_CANDIDATES && oldest !== undefined) this.#candidates.delete(oldest);
  }

  #confirm(ssrc: number, address: string, nowMs: number): void {
    if (this.#own.has(ssrc)) return;
    if (this.#senders.size >= MOST_SENDERS && !this.#senders.has(ssrc)) return;
    this.#senders.set(ssrc, { address, lastMs: nowMs });
  }
}

function isSoonAfter(sequence: number, last: number): boolean {
  const step = distanceU16(sequence, last);
  return step >= 1 && step <= 1 + MOST_LOST;
}
