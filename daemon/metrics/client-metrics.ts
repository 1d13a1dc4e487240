/** Metrics of those who receive by the control channel: never one series for each of them. Pure. */

import type { ClientSummary, Spread } from "./client-summary.ts";
import type { Metric, Sample } from "./metric.ts";
import type { MetricsSnapshot } from "./snapshot.ts";

export const clientMetrics: readonly Metric[] = [
  {
    name: "streamerd_clients",
    type: "gauge",
    labels: ["channel", "transport"],
    doc: "Members that joined by the control channel. Players that take the group without it are not known.",
    read: ({ channels }) =>
      channels.flatMap(({ shown: { name }, clients }) => [
        { labels: [name, "multicast"], value: clients.multicast },
        { labels: [name, "tcp"], value: clients.tcp },
      ]),
  },
  {
    name: "streamerd_clients_reporting",
    type: "gauge",
    labels: ["channel"],
    doc: "Those of them that have told how they receive.",
    read: ({ channels }) => channels.map(({ shown, clients }) => ({ labels: [shown.name], value: clients.reporting })),
  },
  {
    name: "streamerd_client_loss_ratio",
    type: "gauge",
    labels: ["channel", "client"],
    doc: "Share of the packets that were lost, by their last reports (a second each): of the median client and of the worst one.",
    read: spreadOf(({ lossRatio }) => lossRatio),
  },
  {
    name: "streamerd_client_jitter_seconds",
    type: "gauge",
    labels: ["channel", "client"],
    doc: "Interarrival jitter by their last reports: of the median client and of the worst one.",
    read: spreadOf(({ jitterSeconds }) => jitterSeconds),
  },
];

function spreadOf(read: (clients: ClientSummary) => Spread | null): (snapshot: MetricsSnapshot) => readonly Sample[] {
  return ({ channels }) =>
    channels.flatMap(({ shown: { name }, clients }) => {
      const spread = read(clients);
      if (spread === null) return [];
      return [
        { labels: [name, "median"], value: spread.median },
        { labels: [name, "worst"], value: spread.worst },
      ];
    });
}
