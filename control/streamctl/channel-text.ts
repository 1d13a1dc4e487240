// PURE. Channels as people read them: a table of several, or everything about one.
import type { ChannelResult, ChannelState } from "../contract/channel.ts";
import type { PacingResult } from "../contract/pacing.ts";
import { header, table, type Cell } from "./table.ts";
import { clock, rate, size } from "./units.ts";

/** One line a channel. */
export function channelTable(channels: readonly ChannelResult[], colour: boolean): string {
  const titles = header("CHANNEL", "STATE", "POSITION", "FPS", "MEASURED", "TS ms", "MEASURED", "CLIENTS", "GROUP", "SOURCE");
  const rows = channels.map((channel) => [
    channel.name,
    channelStateCell(channel.state),
    positionText(channel),
    rate(channel.pacing.targetFps),
    rate(channel.pacing.measuredFps),
    rate(channel.pacing.tsMs),
    rate(channel.pacing.measuredTsMs),
    String(channel.clients),
    `${channel.group}:${channel.ports.video}`,
    channel.source,
  ]);
  const reasons = channels.flatMap((channel) => reasonOf(channel).map((reason) => [`${channel.name}:`, reason]));
  const delays = channels.flatMap(({ name, captureDelayMs }) => (captureDelayMs === null ? [] : [[`${name}:`, delayText(captureDelayMs)]]));
  const warnings = channels.flatMap((channel) => channel.warnings.map((warning) => [`${channel.name}:`, `warning: ${warning}`]));
  const overridden = channels
    .filter((channel) => channel.overridden.length > 0)
    .map((channel) => [`${channel.name}:`, overriddenText(channel)]);
  return (
    table([titles, ...rows], { colour, rightAligned: [2, 3, 4, 5, 6, 7] }) +
    table([...reasons, ...delays, ...warnings, ...overridden], { colour })
  );
}

/** None if the state says it all; with whole paths where the daemon tells them. */
function reasonOf({ stateReason, stateDetail }: ChannelResult): readonly string[] {
  const reason = stateDetail ?? stateReason;
  return reason === null ? [] : [reason];
}

/** Everything about one channel, one line a fact. */
export function channelText(channel: ChannelResult, colour: boolean): string {
  const { picture, sourcePicture, sound, counters, captureDelayMs } = channel;
  const ports = channel.ports.audio === null ? `${channel.ports.video}` : `${channel.ports.video} and ${channel.ports.audio}`;
  const facts: (readonly Cell[])[] = [
    ["channel", channel.name],
    ["state", channelStateCell(channel.state)],
    ...reasonOf(channel).map((reason) => ["", reason]),
    ...channel.warnings.map((warning) => ["warning", warning]),
    ...(channel.foreignSenders === undefined || channel.foreignSenders.length === 0
      ? []
      : [["foreign", channel.foreignSenders.join(", ")]]),
    ["source", sourceText(channel)],
    ["position", positionText(channel)],
    ["group", `${channel.group}, ports ${ports}, profile ${channel.profile}`],
    ...(channel.interfaces === undefined ? [] : [["interfaces", channel.interfaces.join(", ") || "none"]]),
    ...(captureDelayMs === null ? [] : [["delay", delayText(captureDelayMs)]]),
    ["picture", picture === null ? "none" : `${picture.width}x${picture.height}, quality ${picture.quality}${fromSize(sourcePicture)}`],
    ["sound", sound === null ? "none" : `${sound.sampleRateHz} Hz, ${sound.channels === 1 ? "mono" : "stereo"}`],
    ...(channel.overridden.length === 0 ? [] : [["overridden", overriddenText(channel)]]),
    ...(channel.recording === undefined || channel.recording === null
      ? []
      : [["recording", channel.recording.problem ?? `to ${channel.recording.dir}`]]),
    ["clients", String(channel.clients)],
    [
      "sent",
      `${counters.framesSent} frames, ${counters.audioBlocksSent} sound blocks, ${counters.packetsSent} packets, ${size(counters.bytesSent)}`,
    ],
    [
      "frames",
      `${counters.framesDropped} dropped, ${counters.framesRepeated} repeated, ${counters.oversizeReencoded} made smaller, ${channel.queueFrames} queued`,
    ],
    ["trouble", `${counters.sendErrors} send errors, ${counters.sourceRestarts} source restarts, ${counters.silentBlocks} silent blocks`],
  ];
  return `${table(facts, { colour })}\n${pacingText(channel.pacing, colour)}`;
}

function delayText({ p50, p95, max }: NonNullable<ChannelResult["captureDelayMs"]>): string {
  return `from capture to the group p50 ${p50} ms, p95 ${p95} ms, max ${max} ms`;
}

function sourceText({ source, itemIndex, itemCount, cached }: ChannelResult): string {
  return `${source}${itemCount === 1 ? "" : ` (${itemIndex + 1} of ${itemCount})`}${cached ? ", from the cache" : ""}`;
}

/** FPS and TS, target and truth side by side. */
export function pacingText(pacing: PacingResult, colour: boolean): string {
  const rows = [
    header("", "SOURCE", "TARGET", "MEASURED"),
    ["FPS", rate(pacing.sourceFps), rate(pacing.targetFps), rate(pacing.measuredFps)],
    ["TS ms", rate(sampleTime(pacing.sourceFps)), rate(pacing.tsMs), rate(pacing.measuredTsMs)],
  ];
  const { latenessMs } = pacing;
  const lateness =
    latenessMs === null ? "not measured" : `p50 ${rate(latenessMs.p50)} ms, p99 ${rate(latenessMs.p99)} ms, max ${rate(latenessMs.max)} ms`;
  const clamped = pacing.clamped ? `${rate(pacing.fps)} FPS was asked for; the source has less, so its own rate is used\n` : "";
  const adapted =
    pacing.adaptedFps === null ? "" : `the receivers limit it to ${rate(pacing.adaptedFps)} FPS: ${pacing.adaptReason ?? ""}\n`;
  const adapt = pacing.adapt === "off" ? "" : `adapts to the receivers (${pacing.adapt})\n`;
  const facts = `lateness ${lateness}; ${pacing.dropped} dropped, ${pacing.repeated} repeated\n`;
  return table(rows, { colour, rightAligned: [1, 2, 3] }) + clamped + adapt + adapted + facts;
}

/** What an operator has put above the configuration. */
function overriddenText({ overridden }: ChannelResult): string {
  return overridden.map(({ key, value, configured }) => `${key} ${String(value)} (configured: ${String(configured)})`).join(", ");
}

function sampleTime(fps: number | null): number | null {
  return fps === null ? null : 1000 / fps;
}

export function positionText({ positionMs, durationMs }: ChannelResult): string {
  return durationMs === null ? clock(positionMs) : `${clock(positionMs)} / ${clock(durationMs)}`;
}

function fromSize(source: ChannelResult["sourcePicture"]): string {
  return source === null ? "" : `, from ${source.width}x${source.height}`;
}

const stateColours = {
  starting: "yellow",
  playing: "green",
  paused: "yellow",
  stopped: "dim",
  ended: "dim",
  starved: "red",
  "no-signal": "red",
  idle: "dim",
  failed: "red",
  "no-interface": "red",
} as const satisfies Record<ChannelState, string>;

export function channelStateCell(state: ChannelState): Cell {
  return { text: state, colour: stateColours[state] };
}
