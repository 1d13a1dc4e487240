/** The one table of metrics: what /metrics gives out and docs/metrics.md describes. Pure. */

import { channelMetrics } from "./channel-metrics.ts";
import { clientMetrics } from "./client-metrics.ts";
import type { Metric } from "./metric.ts";
import { processMetrics } from "./process-metrics.ts";

export const metrics: readonly Metric[] = [...channelMetrics, ...clientMetrics, ...processMetrics];
