/** A snapshot of a daemon with the channels named, for tests of what is made of it. */

import type { ChannelSnapshot, MetricsSnapshot } from "../../../daemon/metrics/snapshot.ts";
import { LatenessCounts } from "../../../daemon/send/lateness-histogram.ts";
import { SendStatistics } from "../../../daemon/send/statistics.ts";
import { mainChannel } from "../../control/fixture.ts";

export function snapshotOf(names: readonly string[], latenessMs: readonly number[] = []): MetricsSnapshot {
  return {
    version: "0.1.0",
    nodeVersion: "24.0.0",
    startedSeconds: 1_795_000_000.5,
    senderSilentSeconds: 0.01,
    channels: names.map((name) => channelOf(name, latenessMs)),
    control: {
      connections: 2,
      calls: [{ method: "channel.list", calls: 3, errors: 1 }],
      badInput: { notJson: 0, notACall: 0, tooLong: 0, tooOften: 0, unauthorised: 4, wrongProof: 0, slowReader: 0, noPlace: 0, silent: 0 },
    },
    usage: { residentBytes: 123_000_000, cpuSeconds: 4.5, cpuPercent: 3, eventLoopDelayMs: { p50: 0.1, p99: 2, max: 30 } },
  };
}

function channelOf(name: string, latenessMs: readonly number[]): ChannelSnapshot {
  const counts = new LatenessCounts();
  for (const each of latenessMs) counts.add(each);
  const state = {
    generation: 1,
    timelineMs: 0,
    isStarved: false,
    queuedFrames: 9,
    queuedSoundMs: 400,
    framesDropped: 0,
    rtpTime: null,
  };
  return {
    shown: { ...mainChannel, name },
    statistics: { ...new SendStatistics().read(0, state), latenessHistogram: counts.read() },
    interfaces: [
      { wanted: "eth0", address: "10.0.0.1", problem: null, isCutOff: false },
      { wanted: "eth1", address: null, problem: "it is down", isCutOff: true },
    ],
    clients: {
      multicast: 2,
      tcp: 1,
      reporting: 2,
      lossRatio: { median: 0, worst: 0.25 },
      jitterSeconds: { median: 0.001, worst: 0.02 },
    },
  };
}
