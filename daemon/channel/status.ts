/** A channel as the control channel shows it: its own state, joined with what its sender has measured. */

import { basename } from "node:path";
import type { ChannelResult } from "../../control/contract/channel.ts";
import type { PacingResult } from "../../control/contract/pacing.ts";
import type { Channel } from "./channel.ts";
import { named } from "./interfaces.ts";
import type { ShownChannel } from "../notify/status-text.ts";
import { foreignWarning } from "./foreign-warning.ts";
import type { StatisticsAnswer } from "../send/sender-messages.ts";
import type { SenderStatistics } from "../send/statistics.ts";
import { publicName } from "../source/live/public-name.ts";
import type { SourceItem } from "../source/messages.ts";
import { isAbove, steadyFps } from "../source/steady-fps.ts";

/** What others know of a channel. */
export type KnownBeside = {
  readonly clients: number;
  readonly packetsRetransmitted: number;
  /** Why it is not recorded; null if it is, or is not to be. */
  readonly recordingProblem: string | null;
  /** Of this host: what is sent may not leave it. Null if nothing is wrong. */
  readonly hostWarning?: string | null;
};

export function describeChannel(
  channel: Channel,
  { statistics, sent, sendErrors }: StatisticsAnswer,
  { clients, packetsRetransmitted, recordingProblem, hostWarning = null }: KnownBeside,
): ChannelResult {
  const { config } = channel;
  const foreignHosts = channel.foreign.addresses;
  const { playlist } = channel.media;
  const info = channel.media.itemAt(statistics.timelineMs);
  const itemIndex = channel.media.itemIndexAt(statistics.timelineMs);
  const item = playlist[itemIndex];
  const sourceVideo = info?.video ?? null;
  const { enabled, sampleRateHz, channels } = config.audio;
  return {
    name: channel.name,
    ...shownState(channel, statistics),
    source: item === undefined ? "" : itemName(item),
    sourcePath: item === undefined ? null : wholeName(item),
    sourcePid: channel.media.sourcePid,
    cached: info?.cached ?? false,
    itemIndex,
    itemCount: playlist.length,
    positionMs: channel.media.positionAt(statistics.timelineMs),
    durationMs: info?.durationMs ?? null,
    frameCount: sourceVideo?.frameCount ?? null,
    ...(channel.media.relays === null ? {} : { relays: [...channel.media.relays] }),
    profile: config.profile,
    access: config.access,
    group: config.group,
    warnings: [
      ...(foreignHosts.length === 0 ? [] : [foreignWarning("another host", config)]),
      ...(hostWarning !== null && mayBeDropped(channel) ? [hostWarning] : []),
    ],
    foreignSenders: [...foreignHosts],
    ports: { video: config.port, audio: enabled ? config.port + 2 : null },
    interfaces: channel.interfaces.map(({ wanted, address, problem }) =>
      problem === null ? `${wanted} (${address ?? ""})` : named(wanted, problem),
    ),
    picture:
      channel.picture === null ? null : { width: channel.picture.width, height: channel.picture.height, quality: channel.picture.quality },
    sourcePicture: sourceVideo === null ? null : { width: sourceVideo.width, height: sourceVideo.height },
    sound: enabled ? { sampleRateHz, channels } : null,
    pacing: describePacing(channel, statistics),
    overridden: [...channel.tuning.overrides],
    counters: {
      framesSent: statistics.framesSent,
      packetsSent: sent.packets,
      bytesSent: sent.bytes,
      framesDropped: statistics.framesDropped,
      framesRepeated: statistics.framesRepeated,
      audioBlocksSent: statistics.audioBlocksSent,
      silentBlocks: statistics.silentBlocks,
      packetsRetransmitted,
      sendErrors,
      sourceRestarts: channel.media.restarts,
      oversizeReencoded: channel.media.oversizeFrames,
    },
    captureDelayMs: statistics.captureDelayMs === null ? null : roundedDelay(statistics.captureDelayMs),
    recording: config.record.dir === null ? null : { dir: config.record.dir, problem: recordingProblem },
    queueFrames: statistics.queuedFrames,
    clients,
  };
}

export function describePacing(channel: Channel, statistics: SenderStatistics): PacingResult {
  const info = channel.media.itemAt(statistics.timelineMs);
  const sourceFps = info?.video?.fps ?? null;
  const fps = channel.tuning.fps;
  const isClamped = fps !== null && isAbove(fps, steadyFps(info));
  const { rate, inForce } = channel.tuning;
  const wantedFps = isClamped ? sourceFps : (fps ?? sourceFps);
  const targetFps = rate.capFps === null ? wantedFps : Math.min(rate.capFps, wantedFps ?? rate.capFps);
  return {
    sourceFps: rounded(sourceFps),
    fps,
    targetFps: rounded(targetFps),
    tsMs: inverse(targetFps),
    measuredFps: rounded(statistics.measuredFps),
    measuredTsMs: inverse(statistics.measuredFps),
    adapt: inForce.pacing.adapt,
    adaptedFps: rounded(rate.capFps),
    adaptReason: rate.reason,
    clamped: isClamped,
    latenessMs: statistics.latenessMs === null ? null : roundedLateness(statistics.latenessMs),
    dropped: statistics.framesDropped,
    repeated: statistics.framesRepeated,
  };
}

/** A channel in the line that the service manager shows. */
export function describeForStatus(channel: Channel, statistics: SenderStatistics, clients: number): ShownChannel {
  return { name: channel.name, state: shownState(channel, statistics).state, fps: statistics.measuredFps, clients };
}

/** What plays, as anybody may read it. */
export function itemName(item: SourceItem): string {
  if (item.kind === "live") return publicName(item.input);
  return item.kind === "file" ? basename(item.path) : "test film";
}

/** For operators. A URL has no password here either: what is on a screen is seen by others. */
function wholeName(item: SourceItem): string | null {
  if (item.kind === "file") return item.path;
  if (item.kind !== "live") return null;
  const { input } = item;
  return input.kind === "camera" || input.kind === "microphone" ? input.device : publicName(input);
}

/** What is wrong with its interface, it tells by itself. */
function mayBeDropped({ state, interfaces }: Channel): boolean {
  return ["playing", "paused", "no-signal"].includes(state) && interfaces.every(({ problem }) => problem === null);
}

/** Starvation and missing interfaces show only while the channel means to send. */
function shownState(channel: Channel, statistics: SenderStatistics): Pick<ChannelResult, "state" | "stateReason" | "stateDetail"> {
  const { state } = channel;
  const own = { state, stateReason: channel.publicReason, stateDetail: channel.reason };
  if (state !== "playing" && state !== "starting" && state !== "paused" && state !== "no-signal") return own;
  if (channel.isCutOff) {
    const problems = channel.interfaces.map(({ wanted, problem }) => named(wanted, problem ?? ""));
    return { ...shown("no-interface", CUT_OFF), stateDetail: `${problems.join("; ")}: ${CUT_OFF}` };
  }
  if (state === "playing" && statistics.isStarved)
    return shown("starved", "the source brings nothing; the last picture and silence are sent");
  return own;
}

const CUT_OFF = "no interface takes its packets; sending resumes by itself";

function shown<State extends ChannelResult["state"]>(state: State, reason: string) {
  return { state, stateReason: reason, stateDetail: reason };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}

function inverse(fps: number | null): number | null {
  return fps === null ? null : rounded(1000 / fps);
}

function roundedDelay({ p50, p95, max }: { readonly p50: number; readonly p95: number; readonly max: number }) {
  const round = (value: number): number => Math.round(value * 100) / 100;
  return { p50: round(p50), p95: round(p95), max: round(max) };
}

function roundedLateness({ p50, p99, max }: { readonly p50: number; readonly p99: number; readonly max: number }) {
  const round = (value: number): number => Math.max(0, Math.round(value * 1000) / 1000);
  return { p50: round(p50), p99: round(p99), max: round(max) };
}
