/** From collected packets and the reference to the numbers of the experiment. Pure. */

import type { SoundForm } from "../media.ts";
import { align, mono } from "./alignment.ts";
import type { Collected } from "./collector.ts";
import { summarizeDelay, thinCurve } from "./delay.ts";
import { compare } from "./quality.ts";
import type { Reference } from "./reference.ts";
import type { Summary } from "./results.ts";

const MOST_POINTS = 1000;

export type RunFacts = { readonly rate: string; readonly transport: "udp" | "tcp"; readonly channel: string };

/** `loops`: the channel plays the reference again and again, so that what was received may lie across its end. */
export function summarize(facts: RunFacts, form: SoundForm, collected: Collected, reference: Reference | null, loops: boolean): Summary {
  const { arrivals, samples, isLost, lostPackets, expectedPackets, outOfOrder } = collected;
  const { quality, remark } = qualityOf(form, collected, reference, loops);
  const lost = isLost.reduce((sum, one) => sum + one, 0);
  const startMs = arrivals[0]?.dueMs ?? 0;
  return {
    ...facts,
    ...form,
    seconds: rounded(samples.length / form.channels / form.sampleRateHz),
    packets: {
      received: arrivals.length,
      expected: expectedPackets,
      lost: lostPackets,
      outOfOrder,
      lostPercent: rounded((100 * lostPackets) / Math.max(1, expectedPackets)),
    },
    lostSamplesPercent: rounded((100 * lost) / Math.max(1, isLost.length)),
    longestGapMs: rounded((longestRun(isLost) * 1000) / form.sampleRateHz),
    quality,
    remark,
    delay: summarizeDelay(arrivals),
    delayCurve: [
      ...thinCurve(
        arrivals.map(({ arrivalMs, dueMs }) => ({ x: rounded((dueMs - startMs) / 1000), y: rounded(arrivalMs - dueMs) })),
        MOST_POINTS,
      ),
    ],
  };
}

function qualityOf(
  form: SoundForm,
  { samples, isLost }: Collected,
  reference: Reference | null,
  loops: boolean,
): Pick<Summary, "quality" | "remark"> {
  if (reference === null) return { quality: null, remark: null };
  const { sampleRateHz, channels } = reference.form;
  if (sampleRateHz !== form.sampleRateHz || channels !== form.channels) {
    return {
      quality: null,
      remark: `the reference has ${sampleRateHz} Hz and ${channels} channels, the stream ${form.sampleRateHz} Hz and ${form.channels}`,
    };
  }
  const sent = loops ? repeated(reference.samples, samples.length + reference.samples.length) : reference.samples;
  const aligned = align(mono(sent, channels), mono(samples, channels), isLost, sampleRateHz);
  if (!aligned.ok) return { quality: null, remark: aligned.reason };
  const { psnrDb, snrDb, seconds, compared } = compare(sent, samples, aligned.value.offset, form);
  return { quality: { psnrDb, snrDb, comparedSeconds: rounded(compared / sampleRateHz), bySecond: [...seconds] }, remark: null };
}

function repeated(samples: Int16Array, length: number): Int16Array {
  const whole = new Int16Array(Math.ceil(length / samples.length) * samples.length);
  for (let at = 0; at < whole.length; at += samples.length) whole.set(samples, at);
  return whole;
}

function longestRun(isLost: Uint8Array): number {
  let longest = 0;
  let run = 0;
  for (const lost of isLost) {
    run = lost === 1 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
