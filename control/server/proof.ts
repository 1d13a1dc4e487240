// The server's side of the operator's proof: nonces, the comparison, and how often an address may try.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { proofOf } from "../proof.ts";
import type { ControlLimits } from "./limits.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** 32 hex digits, good for one attempt. */
export function freshNonce(): string {
  return randomBytes(16).toString("hex");
}

/** Compares in constant time. `proof` is 64 hex digits: the contract has seen to that. */
export function isProof(proof: string, token: string, nonce: string): boolean {
  return timingSafeEqual(Buffer.from(proof, "hex"), Buffer.from(proofOf(token, nonce), "hex"));
}

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
