/**
 * Loaded before a program (`node --import`), gives it a clock that is off and runs at a rate of its own: SKEW_MS and SKEW_PPM. What every host of a
 * real network has, and processes of one machine have not.
 */

const offsetMs = Number(process.env["SKEW_MS"] ?? 0);
const ppm = Number(process.env["SKEW_PPM"] ?? 0);
const real = process.hrtime.bigint.bind(process.hrtime);
const zero = real();

process.hrtime.bigint = () => {
  const now = real();
  return now + BigInt(Math.round(offsetMs * 1e6 + (Number(now - zero) * ppm) / 1e6));
};

/** A time of the skewed clock as the machine's own. */
export function trueMs(skewedMs: number): number {
  const zeroMs = Number(zero) / 1e6;
  return zeroMs + (skewedMs - offsetMs - zeroMs) / (1 + ppm / 1e6);
}
