/** What the metrics are read from: everything as it stood at one moment. Pure. */

import type { ChannelResult } from "../../control/contract/channel.ts";
import type { ControlCounters } from "../../control/server/server.ts";
import type { ProcessUsage } from "../process-usage.ts";
import type { InterfaceState } from "../send/sender-messages.ts";
import type { SenderStatistics } from "../send/statistics.ts";
import type { ClientSummary } from "./client-summary.ts";

export type ChannelSnapshot = {
  /** As the control channel shows it to an operator. */
  readonly shown: ChannelResult;
  readonly statistics: SenderStatistics;
  readonly interfaces: readonly InterfaceState[];
  readonly clients: ClientSummary;
};

export type MetricsSnapshot = {
  readonly version: string;
  readonly nodeVersion: string;
  /** Seconds since 1970, of the sender clock. */
  readonly startedSeconds: number;
  readonly senderSilentSeconds: number;
  readonly channels: readonly ChannelSnapshot[];
  readonly control: ControlCounters;
  readonly usage: ProcessUsage;
};
