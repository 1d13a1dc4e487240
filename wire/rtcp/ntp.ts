/**
 * NTP timestamps as RTCP carries them (RFC 3550, section 4): seconds since 1 January 1900 and a fraction of a second, 32 bits each.
 * The seconds wrap in 2036; as in RFC 4330 (section 3) a value without its top bit is taken to be of the era that begins then.
 */

export type NtpTimestamp = { readonly seconds: number; readonly fraction: number };

/** From 1900 to 1970: 70 years, 17 of them leap years. */
const UNIX_EPOCH_SECONDS = 2_208_988_800;
const ERA_SECONDS = 2 ** 32;
const FRACTIONS_PER_SECOND = 2 ** 32;

/** `unixMs`: milliseconds since 1970, with fractions. */
export function ntpFromUnixMs(unixMs: number): NtpTimestamp {
  const wholeSeconds = Math.floor(unixMs / 1000);
  const fraction = Math.floor(((unixMs - wholeSeconds * 1000) / 1000) * FRACTIONS_PER_SECOND);
  return { seconds: (wholeSeconds + UNIX_EPOCH_SECONDS) % ERA_SECONDS, fraction };
}

/** Milliseconds since 1970, with fractions: 1968 to 2104. */
export function unixMsFromNtp({ seconds, fraction }: NtpTimestamp): number {
  const era = seconds < ERA_SECONDS / 2 ? ERA_SECONDS : 0;
  return (seconds + era - UNIX_EPOCH_SECONDS) * 1000 + (fraction / FRACTIONS_PER_SECOND) * 1000;
}

/** The middle 32 bits, in units of 1/65,536 s: the "last SR" field of a report block (RFC 3550, section 6.4.1). */
export function ntpMiddle({ seconds, fraction }: NtpTimestamp): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}
