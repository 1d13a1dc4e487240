// PURE. A rate with a burst: so many at once, so many a second.

export type TokenBucket = {
  /** Takes tokens, one unless told; false if there are not so many. `nowMs` must not go back. */
  take(nowMs: number, count?: number): boolean;
  /** Gives one back: what it was taken for shall not count. */
  giveBack(): void;
  isFull(nowMs: number): boolean;
};

/** Starts full. */
export function createTokenBucket(perSecond: number, burst: number, startMs: number): TokenBucket {
  let tokens = burst;
  let filledMs = startMs;

  function fill(nowMs: number): void {
    tokens = Math.min(burst, tokens + ((nowMs - filledMs) * perSecond) / 1000);
    filledMs = nowMs;
  }

  return {
    take(nowMs, count = 1) {
      fill(nowMs);
      if (tokens < count) return false;
      tokens -= count;
      return true;
    },
    giveBack() {
      tokens = Math.min(burst, tokens + 1);
    },
    isFull(nowMs) {
      fill(nowMs);
      return tokens >= burst;
    },
  };
}
