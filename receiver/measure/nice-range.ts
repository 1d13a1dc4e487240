/** Values → the ends and the ticks of an axis for them. Pure. */

/** Steps between the ends, about. */
const STEPS = 5;

/** From a round number to a round number, in round steps. `values`: one at least. */
export function niceRange(values: readonly number[]): { readonly from: number; readonly to: number; readonly ticks: readonly number[] } {
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  const rough = (most - least || 1) / STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const from = Math.floor(least / step) * step;
  const count = Math.max(1, Math.ceil((most - from) / step));
  return { from, to: from + count * step, ticks: Array.from({ length: count + 1 }, (_, index) => from + index * step) };
}
