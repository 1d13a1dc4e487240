/**
 * The line that lies below all points of a window, as close as it can (Moon, Skelly, Towsley, "Estimation and removal of clock skew from network
 * delay measurements", 1999): delays only ever add to what is measured, so the lowest points tell the truth, and their slope the drift. Pure.
 */

type Point = { readonly x: number; readonly y: number };

/** Clocks of computers differ by less (100 ppm is already a bad one). */
const MOST_SLOPE = 500e-6;
/** With less than this a slope says more about the jitter than about the clocks: the lowest point of the last moments counts, taken as level. */
const LEAST_SPAN_MS = 20_000;
const LEVEL_SPAN_MS = 4000;

export class LowerEnvelope {
  readonly #windowMs: number;
  readonly #most: number;
  #points: Point[] = [];
  #line: { readonly x: number; readonly y: number; readonly slope: number } | null = null;

  /** Points older than the window, and more of them than `most`, are forgotten. */
  constructor(windowMs: number, most: number) {
    this.#windowMs = windowMs;
    this.#most = most;
  }

  /** `x` in ms, growing. */
  add(x: number, y: number): void {
    this.#points.push({ x, y });
    const oldest = x - this.#windowMs;
    if ((this.#points[0]?.x ?? x) < oldest) this.#points = this.#points.filter((point) => point.x >= oldest);
    if (this.#points.length > this.#most) this.#points.shift();
    this.#line = null;
  }

  /** The line at `x`, null without points. */
  at(x: number): number | null {
    const line = (this.#line ??= this.#fit());
    return line === null ? null : line.y + (x - line.x) * line.slope;
  }

  clear(): void {
    this.#points = [];
    this.#line = null;
  }

  #fit(): { readonly x: number; readonly y: number; readonly slope: number } | null {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined) return null;
    if (last.x - first.x < LEAST_SPAN_MS) {
      const recent = this.#points.filter(({ x }) => x >= last.x - LEVEL_SPAN_MS);
      return { x: last.x, y: Math.min(...recent.map(({ y }) => y)), slope: 0 };
    }
    // Of all lines below the points, the one through the hull's edge over the middle of the window is the closest.
    const hull = lowerHull(this.#points);
    const middle = this.#points.reduce((sum, { x }) => sum + x, 0) / this.#points.length;
    const right = Math.max(
      1,
      hull.findIndex(({ x }) => x >= middle),
    );
    const from = hull[right - 1] ?? first;
    const to = hull[right] ?? last;
    const slope = (to.y - from.y) / (to.x - from.x);
    return { ...from, slope: Math.max(-MOST_SLOPE, Math.min(MOST_SLOPE, slope)) };
  }
}

/** Points in the order of `x`. */
function lowerHull(points: readonly Point[]): readonly Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    for (;;) {
      const b = hull.at(-1);
      const a = hull.at(-2);
      if (a === undefined || b === undefined || (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0) break;
      hull.pop();
    }
    if (hull.at(-1)?.x === point.x) {
      if ((hull.at(-1)?.y ?? 0) <= point.y) continue;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}
