/** The index of an SRTP packet, 48 bits, from the 16 that are sent (RFC 3711, section 3.3.1). Pure. */

const SEQUENCES = 2 ** 16;
const HALF = SEQUENCES / 2;

/** The one of that sequence number that lies nearest to a known index; never below 0. */
export function nearestIndex(sequence: number, known: number): number {
  const ahead = (sequence - (known % SEQUENCES) + SEQUENCES) % SEQUENCES;
  const index = ahead < HALF ? known + ahead : known + ahead - SEQUENCES;
  return index < 0 ? index + SEQUENCES : index;
}
