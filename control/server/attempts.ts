// How often an address may try to prove that it is an operator's.
import type { ControlLimits } from "./limits.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** Addresses whose attempts are remembered. Those without a recent attempt go first. */
const maxAddresses = 1024;

/** Counts the attempts of each address. */
export function createAttempts(limits: ControlLimits) {
  const buckets = new Map<string, TokenBucket>();

  function bucketOf(address: string, nowMs: number): TokenBucket {
    const known = buckets.get(address);
    if (known !== undefined) return known;
    if (buckets.size >= maxAddresses) makeRoom(nowMs);
    const bucket = createTokenBucket(limits.authPerSecond, limits.authBurst, nowMs);
    buckets.set(address, bucket);
    return bucket;
  }

  function makeRoom(nowMs: number): void {
    for (const [address, bucket] of buckets) {
      if (bucket.isFull(nowMs)) buckets.delete(address);
    }
    const oldest = buckets.keys().next();
    if (buckets.size >= maxAddresses && oldest.done !== true) buckets.delete(oldest.value);
  }

  return {
    /** Whether this address may try now. */
    take: (address: string, nowMs: number): boolean => bucketOf(address, nowMs).take(nowMs),
    /** The attempt was right and does not count. */
    giveBack: (address: string): void => buckets.get(address)?.giveBack(),
  };
}

export type Attempts = ReturnType<typeof createAttempts>;
