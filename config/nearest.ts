/** Names the known key that an unknown one was most likely meant to be. */

/**
 * Optimal string alignment: how many insertions, deletions, substitutions and swaps of neighbours lead from `a` to `b`.
 * O(a × b): give it names, not files.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current: number[] = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const best = Math.min(substitution, at(last, column) + 1, at(current, column - 1) + 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? at(beforeLast, column - 2) + 1 : Infinity;
      current.push(Math.min(best, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

/** No key is longer; what an attacker appends does not cost time. */
const MAX_COMPARED_CHARACTERS = 128;
/** A key of the same name elsewhere is near, but one beside the unknown key comes first. */
const ELSEWHERE = 0.5;

/** The one of `known` that `unknown` comes nearest to: as a whole path, or by its last part alone. */
export function nearestPath(unknown: readonly string[], known: readonly (readonly string[])[]): readonly string[] | null {
  const whole = comparable(unknown.join("."));
  const tail = comparable(unknown.at(-1) ?? "");
  const distance = (path: readonly string[]): number =>
    Math.min(editDistance(whole, comparable(path.join("."))), editDistance(tail, comparable(path.at(-1) ?? "")) + ELSEWHERE);
  return leastBy(known, distance);
}

/** The one of `known` that `unknown` comes nearest to; case does not count. */
export function nearestName(unknown: string, known: readonly string[]): string | null {
  return leastBy(known, (name) => editDistance(comparable(unknown), comparable(name)));
}

function comparable(text: string): string {
  return text.slice(0, MAX_COMPARED_CHARACTERS).toLowerCase();
}

function leastBy<T>(items: readonly T[], distance: (item: T) => number): T | null {
  let nearest: { readonly item: T; readonly distance: number } | null = null;
  for (const item of items) {
    const itsDistance = distance(item);
    if (nearest === null || itsDistance < nearest.distance) nearest = { item, distance: itsDistance };
  }
  return nearest === null ? null : nearest.item;
}
