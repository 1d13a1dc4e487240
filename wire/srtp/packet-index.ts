/** The index of an SRTP packet, 48 bits, from the 16 that are sent (RFC 3711, section 3.3.1). Pure. */

import { unwrapSequence } from "../sequence.ts";

/** Of a round; the rollover counter counts rounds. */
export const SEQUENCES = 2 ** 16;

/** The one of that sequence number that lies nearest to a known index; never below 0. */
export function nearestIndex(sequence: number, known: number): number {
  const index = unwrapSequence(sequence, known);
  return index < 0 ? index + SEQUENCES : index;
}

/** The rollover counter of an index. */
export function rolloverOf(index: number): number {
  return Math.floor(index / SEQUENCES);
}
