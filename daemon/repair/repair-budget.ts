/** How much may be sent again: to all who have lost packets together, and to those of each address, which may join as often as it likes. A flood of requests is not even answered. Pure. */

import { createTokenBucket } from "../../control/server/token-bucket.ts";
import type { TokenBucket } from "../../control/server/token-bucket.ts";

/** One address is not to use up what is there for all. */
const SHARE_OF_ONE = 0.25;
/** What was lost at once, as when Wi-Fi was away for a moment, is asked for at once. */
const BURST_S = 0.5;
/** However little is allowed: a packet of the largest size. */
const LEAST_BURST_BYTES = 65_536;
/** Requests from one address: at one loss in ten a receiver sends some fifty a second. */
const REQUESTS_PER_S = 200;
/** Between looks for those who do not ask any more. */
const FORGET_MS = 10_000;

type Client = { readonly requests: TokenBucket; readonly bytes: TokenBucket };

export class RepairBudget {
  readonly #bytesPerS: number;
  readonly #all: TokenBucket;
  /** By the address that they joined from. */
  readonly #clients = new Map<string, Client>();
  #forgetAtMs: number;

  constructor(kbps: number, nowMs: number) {
    this.#bytesPerS = (kbps * 1000) / 8;
    this.#all = bucketOf(this.#bytesPerS, nowMs);
    this.#forgetAtMs = nowMs + FORGET_MS;
  }

  /** Of packets that are wanted, the number that may be sent. `packetBytes`: what one may have. */
  take(address: string, wanted: number, packetBytes: number, nowMs: number): number {
    this.#forgetQuiet(nowMs);
    const { requests, bytes } = this.#find(address, nowMs);
    if (!requests.take(nowMs)) return 0;
    let granted = 0;
    while (granted < wanted && bytes.take(nowMs, packetBytes) && this.#all.take(nowMs, packetBytes)) granted++;
    return granted;
  }

  #find(address: string, nowMs: number): Client {
    const known = this.#clients.get(address);
    if (known !== undefined) return known;
    const requests = createTokenBucket(REQUESTS_PER_S, REQUESTS_PER_S, nowMs);
    const client = { requests, bytes: bucketOf(this.#bytesPerS * SHARE_OF_ONE, nowMs) };
    this.#clients.set(address, client);
    return client;
  }

  /** A bucket that is full again says as much as none. */
  #forgetQuiet(nowMs: number): void {
    if (nowMs < this.#forgetAtMs) return;
    this.#forgetAtMs = nowMs + FORGET_MS;
    for (const [address, { requests, bytes }] of this.#clients)
      if (requests.isFull(nowMs) && bytes.isFull(nowMs)) this.#clients.delete(address);
  }
}

function bucketOf(bytesPerS: number, nowMs: number): TokenBucket {
  return createTokenBucket(bytesPerS, Math.max(LEAST_BURST_BYTES, bytesPerS * BURST_S), nowMs);
}
