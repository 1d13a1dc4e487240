/** The test film's sound: 100 ms of 1 kHz at each full second, together with the flash. Pure. */

const BEEP_HZ = 1000;
const BEEP_SECONDS = 0.1;
const AMPLITUDE = 0.5 * 32767;

/** One second of it, interleaved. */
export function beepSecond(sampleRateHz: number, channels: number): Int16Array {
  const samples = new Int16Array(sampleRateHz * channels);
  const beepSamples = Math.round(sampleRateHz * BEEP_SECONDS);
  for (let at = 0; at < beepSamples; at++) {
    const value = Math.round(AMPLITUDE * Math.sin((2 * Math.PI * BEEP_HZ * at) / sampleRateHz));
    samples.fill(value, at * channels, (at + 1) * channels);
  }
  return samples;
}
