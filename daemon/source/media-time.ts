/** FFmpeg's timestamps → µs. Pure. */

/** AV_NOPTS_VALUE: FFmpeg's "unknown". */
export const NO_TIMESTAMP = -(2n ** 63n);

export type TimeBase = { readonly num: number; readonly den: number };

/** Null if unknown. One rounding, of a double: exact to far below a µs for any film. */
export function toUs(timestamp: bigint, base: TimeBase): number | null {
  return timestamp === NO_TIMESTAMP || base.den === 0 ? null : (Number(timestamp) * base.num * 1e6) / base.den;
}

export function fromUs(timeUs: number, base: TimeBase): bigint {
  return BigInt(Math.floor((timeUs * base.den) / (base.num * 1e6)));
}
