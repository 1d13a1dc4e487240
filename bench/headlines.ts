/** The figures that README shows of all that was measured: one for each contender, lower or higher being better. */

import { OWN_RECEIVER } from "./loss.ts";
import { loadResult } from "./result-files.ts";
import { summarise } from "./summary.ts";
import type { Summary } from "./summary.ts";

const NAMES = ["streamerd", "ffmpeg", "GStreamer", "streamerd, cached"] as const;
export type Name = (typeof NAMES)[number];

type Choice = {
  readonly bench: string;
  readonly metric: string;
  readonly condition: string;
  readonly label: string;
  readonly digits: number;
  readonly isMoreBetter: boolean;
};

const CHOICES: readonly Choice[] = [
  { bench: "cost", metric: "processorPercent", condition: "", label: "CPU, % of a core", digits: 1, isMoreBetter: false },
  { bench: "cost", metric: "peakMegabytes", condition: "", label: "Memory, MB (peak)", digits: 0, isMoreBetter: false },
  { bench: "pacing", metric: "pictureP99", condition: "idle", label: "Lateness of pictures, ms (p99)", digits: 2, isMoreBetter: false },
  {
    bench: "pacing",
    metric: "pictureP99",
    condition: "all cores busy",
    label: "The same with all cores busy",
    digits: 2,
    isMoreBetter: false,
  },
  { bench: "pacing", metric: "burst", condition: "idle", label: "Packets within one ms", digits: 0, isMoreBetter: false },
  { bench: "start", metric: "pictureMs", condition: "", label: "Command to first packet, ms", digits: 0, isMoreBetter: false },
  { bench: "loss", metric: "loss1", condition: OWN_RECEIVER, label: "Pictures whole at 1 % loss, %", digits: 1, isMoreBetter: true },
  { bench: "loss", metric: "loss5", condition: OWN_RECEIVER, label: "The same at 5 % loss", digits: 1, isMoreBetter: true },
  { bench: "channels", metric: "channels", condition: "", label: "Channels at once", digits: 0, isMoreBetter: true },
];

export type Headline = Choice & { readonly values: Readonly<Partial<Record<Name, Summary>>> };

/** Of the benches that have run. */
export function readHeadlines(): readonly Headline[] {
  return CHOICES.flatMap((choice) => {
    const result = loadResult(choice.bench);
    if (result === null) return [];
    const found = NAMES.flatMap((name) => {
      const row = result.rows.find(({ contender, condition }) => contender === name && condition === choice.condition);
      return row === undefined ? [] : [[name, summarise(row.values[choice.metric] ?? [])] as const];
    });
    return [{ ...choice, values: Object.fromEntries(found) }];
  });
}

/** Those of whom there is a figure. */
export function namesIn(headlines: readonly Headline[]): readonly Name[] {
  return NAMES.filter((name) => headlines.some(({ values }) => values[name] !== undefined));
}

/** streamerd's median divided by the other's; null where one of them has none. */
export function ratio({ values }: Headline, other: Name): number | null {
  const quotient = (values.streamerd?.median ?? Number.NaN) / (values[other]?.median ?? Number.NaN);
  return Number.isFinite(quotient) ? quotient : null;
}
