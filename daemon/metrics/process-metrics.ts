/** Metrics of the daemon itself: its control channel, its threads, what it uses. Pure. */

import type { Metric } from "./metric.ts";

export const processMetrics: readonly Metric[] = [
  {
    name: "streamerd_control_connections",
    type: "gauge",
    labels: [],
    doc: "Open connections of the control channel.",
    read: ({ control }) => [{ labels: [], value: control.connections }],
  },
  {
    name: "streamerd_control_calls_total",
    type: "counter",
    labels: ["method"],
    doc: "Calls by method; `unknown` for names that are none.",
    read: ({ control }) => control.calls.map(({ method, calls }) => ({ labels: [method], value: calls })),
  },
  {
    name: "streamerd_control_errors_total",
    type: "counter",
    labels: ["method"],
    doc: "Calls that were refused or failed, by method.",
    read: ({ control }) => control.calls.map(({ method, errors }) => ({ labels: [method], value: errors })),
  },
  {
    name: "streamerd_control_bad_input_total",
    type: "counter",
    labels: ["kind"],
    doc: "What clients did wrong otherwise, by kind: no JSON, too often, a wrong proof, and so on.",
    read: ({ control }) => Object.entries(control.badInput).map(([kind, value]) => ({ labels: [kind], value })),
  },
  {
    name: "streamerd_sender_silence_seconds",
    type: "gauge",
    labels: [],
    doc: "Time since the sender thread last looked for what is due; it does ten times a second at least.",
    read: ({ senderSilentSeconds }) => [{ labels: [], value: senderSilentSeconds }],
  },
  {
    name: "streamerd_event_loop_delay_seconds",
    type: "gauge",
    labels: ["point"],
    doc: "How late the main thread's timers fired, over the last 10 s or more; the sender thread does not wait for them.",
    read: ({ usage: { eventLoopDelayMs } }) => [
      { labels: ["p50"], value: eventLoopDelayMs.p50 / 1000 },
      { labels: ["p99"], value: eventLoopDelayMs.p99 / 1000 },
      { labels: ["max"], value: eventLoopDelayMs.max / 1000 },
    ],
  },
  {
    name: "streamerd_resident_memory_bytes",
    type: "gauge",
    labels: [],
    doc: "Memory of the daemon; source processes have their own.",
    read: ({ usage }) => [{ labels: [], value: usage.residentBytes }],
  },
  {
    name: "streamerd_cpu_seconds_total",
    type: "counter",
    labels: [],
    doc: "Processor time of the daemon, user and system; source processes have their own.",
    read: ({ usage }) => [{ labels: [], value: usage.cpuSeconds }],
  },
  {
    name: "streamerd_start_time_seconds",
    type: "gauge",
    labels: [],
    doc: "When the daemon was started, in seconds since 1970.",
    read: ({ startedSeconds }) => [{ labels: [], value: startedSeconds }],
  },
  {
    name: "streamerd_build_info",
    type: "gauge",
    labels: ["version", "node"],
    doc: "Always 1; the labels tell the versions.",
    read: ({ version, nodeVersion }) => [{ labels: [version, nodeVersion], value: 1 }],
  },
];
