/** When the sender's clock is asked: often until the drift is known, then now and then. Pure. */

/** At once: sound that begins with a wrong clock has to be bent for long. */
const FIRST_PINGS = 16;
const FIRST_INTERVAL_MS = 50;
/** Until the drift can be told from the jitter (lower-envelope.ts), its line is level and only the last seconds count. */
const EARLY_PINGS = 80;
const EARLY_INTERVAL_MS = 250;
const INTERVAL_MS = 1000;

/** From the ping of that number (from 1 on) to the next. */
export function pingIntervalMs(number: number): number {
  if (number < FIRST_PINGS) return FIRST_INTERVAL_MS;
  return number < FIRST_PINGS + EARLY_PINGS ? EARLY_INTERVAL_MS : INTERVAL_MS;
}
