/** How much may be sent again: to all who have lost packets together, and to each of them. A flood of requests is not even answered. Pure. */

import { createTokenBucket } from "../../control/server/token-bucket.ts";
import type { TokenBucket } from "../../control/server/token-bucket.ts";

/** One is not to use up what is there for all. */
const SHARE_OF_ONE = 0.25;
/** What was lost at once, as when Wi-Fi was away for a moment, is asked for at once. */
const BURST_S = 0.5;
/** However little is allowed: a packet of the largest size. */
const LEAST_BURST_BYTES = 65_536;
/** Requests of one receiver: at one loss in ten it sends some fifty a second. */
const REQUESTS_PER_S = 200;
/** Between looks for those who do not ask any more. */
const FORGET_MS = 10_000;

type Client = { readonly requests: TokenBucket; readonly bytes: TokenBucket };

export class RepairBudget {
  readonly #bytesPerS: number;
  readonly #all: TokenBucket;
  /** By the SSRC under which they ask. */
  readonly #clients = new Map<number, Client>();
  #forgetAtMs: number;

  constructor(kbps: number, nowMs: number) {
    this.#bytesPerS = (kbps * 1000) / 8;
    this.#all = bucketOf(this.#bytesPerS, nowMs);
    this.#forgetAtMs = nowMs + FORGET_MS;
  }

  /** Of packets that are wanted, the number that may be sent. `packetBytes`: what one may have. */
  take(ssrc: number, wanted: number, packetBytes: number, nowMs: number): number {
    this.#forgetQuiet(nowMs);
    const { requests, bytes } = this.#find(ssrc, nowMs);
    if (!requests.take(nowMs)) return 0;
    let granted = 0;
    while (granted < wanted && bytes.take(nowMs, packetBytes) && this.#all.take(nowMs, packetBytes)) granted++;
    return granted;
  }

  #find(ssrc: number, nowMs: number): Client {
    const known = this.#clients.get(ssrc);
    if (known !== undefined) return known;
    const requests = createTokenBucket(REQUESTS_PER_S, REQUESTS_PER_S, nowMs);
    const client = { requests, bytes: bucketOf(this.#bytesPerS * SHARE_OF_ONE, nowMs) };
    this.#clients.set(ssrc, client);
    return client;
  }

  /** A bucket that is full again says as much as none. */
  #forgetQuiet(nowMs: number): void {
    if (nowMs < this.#forgetAtMs) return;
    this.#forgetAtMs = nowMs + FORGET_MS;
    for (const [ssrc, { requests, bytes }] of this.#clients) if (requests.isFull(nowMs) && bytes.isFull(nowMs)) this.#clients.delete(ssrc);
  }
}

function bucketOf(bytesPerS: number, nowMs: number): TokenBucket {
  return createTokenBucket(bytesPerS, Math.max(LEAST_BURST_BYTES, bytesPerS * BURST_S), nowMs);
}
