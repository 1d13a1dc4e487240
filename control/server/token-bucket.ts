// PURE. A rate with a burst: so many at once, so many a second.

export type TokenBucket = {
  /** Takes one token; false if there is none. `nowMs` must not go back. */
  take(nowMs: number): boolean;
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
    take(nowMs) {
      fill(nowMs);
      if (tokens < 1) return false;
      tokens -= 1;
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
