/** Many clients in a few numbers: how many there are, and how the middle one and the worst one receive. Pure. */

import type { JoinedClient, Report } from "../../control/contract/session.ts";

export type Spread = { readonly median: number; readonly worst: number };

export type ClientSummary = {
  readonly multicast: number;
  readonly tcp: number;
  /** Those that have told how they receive. */
  readonly reporting: number;
  /** Of the packets expected since the report before, 0 to 1; null while nobody has reported. */
  readonly lossRatio: Spread | null;
  readonly jitterSeconds: Spread | null;
};

/** What clients say is not to be trusted: a jitter beyond this is none. */
const MOST_JITTER_MS = 60_000;

/** Of one channel's clients. */
export function summarizeClients(clients: readonly JoinedClient[]): ClientSummary {
  const reports = clients.flatMap(({ report }) => (report === null ? [] : [report]));
  return {
    multicast: clients.filter(({ transport }) => transport === "multicast").length,
    tcp: clients.filter(({ transport }) => transport === "tcp").length,
    reporting: reports.length,
    lossRatio: spread(reports.map(lossOf)),
    jitterSeconds: spread(reports.map(({ jitterMs }) => Math.min(jitterMs, MOST_JITTER_MS) / 1000)),
  };
}

function lossOf({ lost, expected }: Report): number {
  return expected === 0 ? 0 : Math.min(1, lost / expected);
}

function spread(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const worst = sorted.at(-1);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return worst === undefined || median === undefined ? null : { median, worst };
}
