/** How much before its time media is given to a sink that keeps the time itself. Pure. */

/** What a page needs, from a message to what is seen and heard. */
const LEAST_LEAD_MS = 50;

/** For what is not whole: until then what is missing may still come, by itself or asked for once more. */
export function leastLeadMs(leadMs: number): number {
  return Math.min(leadMs, LEAST_LEAD_MS);
}
