/**
 * Sequence numbers (16 bit) and RTP timestamps (32 bit) wrap around: serial arithmetic (RFC 1982), and unwrapping to plain numbers that
 * go on growing (RFC 3550 A.1). Two values exactly half a round apart have no order in the RFC; here the first counts as the older one.
 */

/** `value + step`, wrapped to 16 bit. `step` may be negative. */
export function addU16(value: number, step: number): number {
  return (value + step) & 0xffff;
}

/** `value + step`, wrapped to 32 bit. `step` may be negative, and is an integer. */
export function addU32(value: number, step: number): number {
  return (value + step) >>> 0;
}

/** How far `value` is ahead of `reference`: −32,768 to 32,767. */
export function distanceU16(value: number, reference: number): number {
  return ((value - reference) << 16) >> 16;
}

/** How far `value` is ahead of `reference`: −2^31 to 2^31 − 1. */
export function distanceU32(value: number, reference: number): number {
  return (value - reference) | 0;
}

/** Whether `value` comes after `reference`. */
export function isNewerU16(value: number, reference: number): boolean {
  return distanceU16(value, reference) > 0;
}

/** Whether `value` comes after `reference`. */
export function isNewerU32(value: number, reference: number): boolean {
  return distanceU32(value, reference) > 0;
}

/**
 * The extended sequence number that ends in `sequence` and lies nearest to `nearExtended`, the last one known (or the first packet's own number).
 * Negative for a packet from before the first, if that one had just wrapped.
 */
export function unwrapSequence(sequence: number, nearExtended: number): number {
  return nearExtended + distanceU16(sequence, nearExtended);
}

/** The extended timestamp that ends in `rtpTs` and lies nearest to `nearExtended`; see `unwrapSequence`. */
export function unwrapRtpTs(rtpTs: number, nearExtended: number): number {
  return nearExtended + distanceU32(rtpTs, nearExtended);
}
