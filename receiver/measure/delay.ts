/** How late each byte came: arrival minus the time at which it was due at the sender. Pure. */

export type Arrival = {
  readonly sequence: number;
  /** Extended. */
  readonly rtpTs: number;
  readonly bytes: number;
  /** Both on the sender's clock. */
  readonly arrivalMs: number;
  readonly dueMs: number;
};

export type DelaySummary = {
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly meanMs: number;
};

/** Of every byte; a packet's bytes were due at the time of the sample that they belong to. Null without a packet. */
export function summarizeDelay(arrivals: readonly Arrival[]): DelaySummary | null {
  if (arrivals.length === 0) return null;
  const sorted = arrivals
    .map(({ arrivalMs, dueMs, bytes }) => ({ delayMs: arrivalMs - dueMs, bytes }))
    .toSorted((a, b) => a.delayMs - b.delayMs);
  const total = sorted.reduce((sum, { bytes }) => sum + bytes, 0);
  const at = (share: number): number => {
    let passed = 0;
    for (const { delayMs, bytes } of sorted) {
      passed += bytes;
      if (passed >= share * total) return rounded(delayMs);
    }
    return rounded(sorted.at(-1)?.delayMs ?? 0);
  };
  const mean = sorted.reduce((sum, { delayMs, bytes }) => sum + delayMs * bytes, 0) / total;
  return { minMs: at(0), p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1), meanMs: rounded(mean) };
}

export type CurvePoint = { readonly x: number; readonly y: number };

/** At most `most` points with the extremes of what they stand for. */
export function thinCurve(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const group = Math.ceil((points.length * 2) / most);
  const kept: CurvePoint[] = [];
  for (let from = 0; from < points.length; from += group) {
    const part = points.slice(from, from + group);
    const low = part.reduce((a, b) => (b.y < a.y ? b : a));
    const high = part.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(low.x <= high.x ? [low, high] : [high, low]));
  }
  return kept;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
