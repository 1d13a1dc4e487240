/** What the operator's HTTP server gives out: reads every part of the daemon for it. */

import type { ControlServer } from "../../control/server/server.ts";
import { describeChannel } from "../channel/status.ts";
import type { Channel } from "../channel/channel.ts";
import { judgeHealth, judgeReadiness } from "./health.ts";
import type { OperatorSite } from "./operator-server.ts";
import { summarizeClients } from "../metrics/client-summary.ts";
import { renderExposition } from "../metrics/exposition.ts";
import type { ChannelSnapshot, MetricsSnapshot } from "../metrics/snapshot.ts";
import { metrics } from "../metrics/table.ts";
import type { ProcessUsage } from "../process-usage.ts";
import type { SenderThread } from "../send/sender-thread.ts";

export type OperatorSources = {
  readonly version: string;
  /** Of the sender clock, ms since 1970. */
  readonly startedUtcMs: number;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly sender: SenderThread;
  readonly control: Pick<ControlServer, "clients" | "counters">;
  readonly usage: () => ProcessUsage;
  /** Packets of a channel that were sent again. */
  readonly retransmittedOf: (channel: string) => number;
  /** The ready line has been printed. */
  readonly isAnnounced: () => boolean;
};

export function createOperatorSite(sources: OperatorSources): OperatorSite {
  const { channels, sender, isAnnounced } = sources;
  /** Scrapes that come while one is under way share it. */
  let reading: Promise<string> | null = null;

  function read(): Promise<string> {
    reading ??= readSnapshot(sources)
      .then((snapshot) => renderExposition(metrics, snapshot))
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  return {
    metrics: async () => (judgeHealth(Math.max(0, sender.overdueMs())).isGood ? read() : null),
    health: () => judgeHealth(Math.max(0, sender.overdueMs())),
    readiness: () => judgeReadiness(isAnnounced(), Math.max(0, sender.overdueMs()), [...channels.values()]),
  };
}

async function readSnapshot({
  version,
  startedUtcMs,
  channels,
  sender,
  control,
  usage,
  retransmittedOf,
}: OperatorSources): Promise<MetricsSnapshot> {
  const clients = Map.groupBy(control.clients(), ({ channel }) => channel);
  const read = async (channel: Channel): Promise<ChannelSnapshot> => {
    const answer = await sender.statistics(channel.name);
    const ofChannel = clients.get(channel.name) ?? [];
    return {
      shown: describeChannel(channel, answer, {
        clients: ofChannel.length,
        packetsRetransmitted: retransmittedOf(channel.name),
        recordingProblem: null,
      }),
      statistics: answer.statistics,
      interfaces: channel.interfaces,
      clients: summarizeClients(ofChannel),
    };
  };
  return {
    version,
    nodeVersion: process.versions.node,
    startedSeconds: startedUtcMs / 1000,
    senderSilentSeconds: Math.max(0, sender.overdueMs()) / 1000,
    channels: await Promise.all([...channels.values()].map(read)),
    control: control.counters(),
    usage: usage(),
  };
}
