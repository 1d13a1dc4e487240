/** What the control channel's methods do to this daemon. */

import { ControlError, noSuchChannel } from "../control/contract/errors.ts";
import type { Result } from "../control/contract/contract.ts";
import type { Handlers } from "../control/server/server.ts";
import { RECORDER_NAME } from "../control/server/sessions.ts";
import { describeChannel, describePacing } from "./channel/status.ts";
import { findHotKey, parseHotSetting } from "../config/hot-keys.ts";
import { ChannelRefusal } from "./channel/refusal.ts";
import type { Access } from "./access/access.ts";
import type { Channel } from "./channel/channel.ts";
import type { LogLine, LogRing } from "./log/ring.ts";
import type { ProcessUsage } from "./process-usage.ts";
import type { Reload } from "./reload.ts";
import type { StatisticsAnswer } from "./send/sender-messages.ts";
import type { SenderThread } from "./send/sender-thread.ts";

export type Daemon = {
  readonly version: string;
  readonly startedMs: number;
  readonly nowMs: () => number;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly sender: SenderThread;
  readonly clientsOf: (channel: string) => number;
  readonly sdp: (channel: Channel) => string | null;
  /** The UDP port at which one who joins from this address asks for lost packets, once it is open; null: they are not sent again to it. */
  readonly repairPortOf: (address: string) => Promise<number | null>;
  /** Packets of a channel that were sent again. */
  readonly retransmittedOf: (channel: string) => number;
  /** Why a channel is not recorded; null if it is, or is not to be. */
  readonly recordingProblem: (channel: string) => string | null;
  readonly access: Access;
  /** Why what is sent may not leave this host; null if nothing is wrong. */
  readonly hostWarning: () => string | null;
  readonly reload: Reload;
  readonly logRing: LogRing;
  readonly usage: () => ProcessUsage;
};

/** Sessions, roles and clocks are the server's own affair. */
export function createHandlers(daemon: Daemon): Handlers {
  const find = (name: string): Channel => {
    const channel = daemon.channels.get(name);
    if (channel === undefined) throw noSuchChannel(name, [...daemon.channels.keys()]);
    return channel;
  };
  const read = (channel: Channel): Promise<StatisticsAnswer> => daemon.sender.statistics(channel.name);
  const describe = async (channel: Channel): Promise<Result<"channel.get">> =>
    describeChannel(channel, await read(channel), {
      clients: daemon.clientsOf(channel.name),
      packetsRetransmitted: daemon.retransmittedOf(channel.name),
      recordingProblem: daemon.recordingProblem(channel.name),
      hostWarning: daemon.hostWarning(),
    });
  const describeAll = (): Promise<Result<"channel.list">> => Promise.all([...daemon.channels.values()].map(describe));
  const act = async (name: string, action: (channel: Channel, timelineMs: number | null) => void): Promise<Result<"channel.get">> => {
    const channel = find(name);
    const { generation } = channel.media;
    const { statistics } = await read(channel);
    // Another caller may have moved it meanwhile: a time of the place before is none of the new one.
    refusing(() => action(channel, channel.media.generation === generation ? statistics.timelineMs : null));
    return describe(channel);
  };

  return {
    "server.hello": () => ({ server: "streamerd", version: daemon.version, channels: [...daemon.channels.keys()] }),
    "session.join": async (params, caller) => {
      const channel = find(params.channel);
      const answer = await read(channel);
      const { protection, pass } = daemon.access.admit(channel.name, params.pass, caller, answer.rollovers, Date.now());
      // It is counted when it has joined: a source that waits for it starts now.
      if (params.name !== RECORDER_NAME) channel.noteClients(Math.max(1, daemon.clientsOf(channel.name)), daemon.nowMs());
      const repairPort = channel.config.profile === "rtp" ? await daemon.repairPortOf(caller.address) : null;
      return { ...describeForJoin(daemon, channel, answer), repairPort, protection, pass };
    },
    "server.status": async (): Promise<Result<"server.status">> => {
      const channels = await describeAll();
      const { cpuPercent, residentBytes, eventLoopDelayMs } = daemon.usage();
      const total = (key: "framesSent" | "packetsSent" | "bytesSent" | "sendErrors"): number =>
        channels.reduce((sum, { counters }) => sum + counters[key], 0);
      return {
        server: "streamerd",
        version: daemon.version,
        uptimeMs: Math.round(daemon.nowMs() - daemon.startedMs),
        channels,
        clients: channels.reduce((sum, { clients }) => sum + clients, 0),
        totals: {
          framesSent: total("framesSent"),
          packetsSent: total("packetsSent"),
          bytesSent: total("bytesSent"),
          sendErrors: total("sendErrors"),
        },
        resources: {
          pid: process.pid,
          cpuPercent,
          rssBytes: residentBytes,
          eventLoopDelayP99Ms: Math.round(eventLoopDelayMs.p99 * 100) / 100,
        },
      };
    },
    "channel.list": describeAll,
    "channel.get": ({ channel }) => describe(find(channel)),
    "channel.start": ({ channel }) => act(channel, (found) => found.start()),
    "channel.stop": ({ channel }) => act(channel, (found) => found.stop()),
    "channel.pause": ({ channel }) => act(channel, (found) => found.pause()),
    "channel.resume": ({ channel }) => act(channel, (found) => found.resume()),
    "channel.seek": ({ channel, positionMs }) => act(channel, (found, timelineMs) => found.seek(positionMs, timelineMs)),
    "channel.next": ({ channel }) => act(channel, (found, timelineMs) => found.next(timelineMs)),
    "channel.set": async ({ channel, key, value }): Promise<Result<"channel.set">> => {
      const found = find(channel);
      const setting = parseHotSetting(key, value);
      if (!setting.ok) throw new ControlError("refused", setting.reason);
      const { statistics } = await read(found);
      refusing(() => found.tuning.override(setting.value, statistics.timelineMs));
      const override = found.tuning.overrides.find((candidate) => candidate.key === setting.value.key);
      return { channel, ...(override ?? { ...setting.value, configured: setting.value.value }) };
    },
    "channel.reset": ({ channel, key }) => {
      const found = find(channel);
      const name = key === undefined ? null : findHotKey(key);
      if (name !== null && !name.ok) throw new ControlError("refused", name.reason);
      return { channel, reset: [...found.tuning.reset(name === null ? null : name.value)] };
    },
    "pass.create": (params, caller) => {
      if (caller.address !== "unix") throw new ControlError("refused", "passes are made on the daemon's host, by its Unix socket");
      return daemon.access.create(params, Date.now());
    },
    "pass.list": (params) => daemon.access.list(params, Date.now()),
    "pass.revoke": async ({ id }): Promise<Result<"pass.revoke">> => {
      await daemon.access.revoke(id);
      return {};
    },
    "server.log": ({ limit }) => daemon.logRing.last(limit).map(describeLine),
    "config.reload": () => {
      const outcome = daemon.reload();
      if (!outcome.ok) throw new ControlError("refused", outcome.reason);
      return { applied: [...outcome.applied], needsRestart: [...outcome.needsRestart] };
    },
    "pacing.get": async ({ channel }): Promise<Result<"pacing.get">> => {
      const found = find(channel);
      return describePacing(found, (await read(found)).statistics);
    },
    "pacing.set": async ({ channel, fps, tsMs, adapt }): Promise<Result<"pacing.set">> => {
      const found = find(channel);
      const { statistics } = await read(found);
      const { timelineMs } = statistics;
      const value = tsMs === undefined ? (fps ?? "source") : 1000 / tsMs;
      if (fps !== undefined || tsMs !== undefined) refusing(() => found.tuning.override({ key: "video.fps", value }, timelineMs));
      if (adapt !== undefined) found.tuning.override({ key: "pacing.adapt", value: adapt }, timelineMs);
      return describePacing(found, (await read(found)).statistics);
    },
  };
}

/** What somebody who joins is told, beside the session that the server makes. */
function describeForJoin(daemon: Daemon, channel: Channel, { statistics }: StatisticsAnswer) {
  const { config } = channel;
  const { senderInit } = channel.setup;
  const { enabled, sampleRateHz, channels } = config.audio;
  const { picture } = channel;
  const pacing = describePacing(channel, statistics);
  return {
    sdp: daemon.sdp(channel),
    group: config.group,
    ports: { video: config.port, audio: enabled ? config.port + 2 : null },
    profile: config.profile,
    video: picture === null ? null : { width: picture.width, height: picture.height, fps: pacing.targetFps },
    audio: enabled ? { sampleRateHz, channels } : null,
    pacing: { fps: pacing.targetFps, tsMs: pacing.tsMs },
    ssrc: config.profile === "rtp" ? { video: senderInit.video.ssrc, audio: enabled ? senderInit.audio.ssrc : null } : null,
    rtpTime: statistics.rtpTime,
  };
}

/** As the control channel tells it. */
export function describeLine({ atMs, level, channel, text }: LogLine) {
  return { at: new Date(atMs).toISOString(), level, channel, text };
}

function refusing(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof ChannelRefusal) throw new ControlError("refused", error.message);
    throw error;
  }
}
