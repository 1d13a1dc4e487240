/** How much of the sound arrived as it was sent: PSNR and SNR against the reference, losses counted as zeros. Pure. */

/** Peak of 16 bit samples. */
const PEAK = 32_767;

export type Quality = {
  /** dB; null: nothing differs. */
  readonly psnrDb: number | null;
  /** dB; null: nothing differs, or the reference is silent. */
  readonly snrDb: number | null;
};

export type QualityOverTime = Quality & {
  /** Of each second of the received sound, the last one may be shorter. */
  readonly seconds: readonly Quality[];
  /** Sample frames that were compared. */
  readonly compared: number;
};

/** Interleaved samples; `offset`: the received sound's first sample frame in the reference. What lies outside of it is not compared. */
export function compare(
  reference: Int16Array,
  received: Int16Array,
  offset: number,
  form: { readonly sampleRateHz: number; readonly channels: number },
): QualityOverTime {
  const seconds: Quality[] = [];
  const all = { error: 0, signal: 0, count: 0 };
  const perSecond = form.sampleRateHz * form.channels;
  for (let from = 0; from < received.length; from += perSecond) {
    const sum = { error: 0, signal: 0, count: 0 };
    for (let index = from; index < Math.min(from + perSecond, received.length); index++) {
      const sent = reference[index + offset * form.channels];
      if (sent === undefined) continue;
      sum.error += (sent - (received[index] ?? 0)) ** 2;
      sum.signal += sent ** 2;
      sum.count++;
    }
    if (sum.count === 0) continue;
    seconds.push(qualityOf(sum));
    all.error += sum.error;
    all.signal += sum.signal;
    all.count += sum.count;
  }
  return { ...qualityOf(all), seconds, compared: all.count / form.channels };
}

function qualityOf({ error, signal, count }: { readonly error: number; readonly signal: number; readonly count: number }): Quality {
  if (error === 0 || count === 0) return { psnrDb: null, snrDb: null };
  return {
    psnrDb: rounded(10 * Math.log10(PEAK ** 2 / (error / count))),
    snrDb: signal === 0 ? null : rounded(10 * Math.log10(signal / error)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
