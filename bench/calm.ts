/** Rounds that the host of a virtual machine disturbed are run again, as long as there is time for it. */

/** What was measured, and how much was stolen meanwhile. */
export type Round<T> = { readonly value: T; readonly stealPercent: number };

/** With less of it, medians of a few rounds hold. */
const TRACE_PERCENT = 0.5;

/** `spare`: so many rounds may be run again, in all. The answer is the calmest attempt at a round. */
export function calmRounds(spare: number): <T>(run: () => Promise<Round<T>>) => Promise<Round<T>> {
  let left = spare;
  return async (run) => {
    let calmest = await run();
    while (calmest.stealPercent > TRACE_PERCENT && left > 0) {
      left--;
      const again = await run();
      if (again.stealPercent < calmest.stealPercent) calmest = again;
    }
    return calmest;
  };
}
