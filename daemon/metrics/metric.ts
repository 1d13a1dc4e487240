/** The building blocks of the table of metrics: a name, what it means, its labels, and how it is read from a snapshot. Pure. */

import type { MetricsSnapshot } from "./snapshot.ts";

type Described = {
  /** `streamerd_…`, in base units; a counter ends in `_total`. */
  readonly name: string;
  /** One sentence for the exposition and the reference. */
  readonly doc: string;
  /** Names of its labels; a sample has as many values, in the same order. Each has few values, known beforehand: no client, no path. */
  readonly labels: readonly string[];
};

export type Sample = { readonly labels: readonly string[]; readonly value: number };

/** `atMost`: for each of `bounds` how many were not above it; the bound without end is `count`. */
export type HistogramSample = {
  readonly labels: readonly string[];
  readonly bounds: readonly number[];
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sum: number;
};

export type Metric =
  | (Described & { readonly type: "counter" | "gauge"; readonly read: (snapshot: MetricsSnapshot) => readonly Sample[] })
  | (Described & { readonly type: "histogram"; readonly read: (snapshot: MetricsSnapshot) => readonly HistogramSample[] });
