// PURE. Channels as people read them: a table of several, or everything about one.
import type { ChannelResult, ChannelState } from "../contract/channel.ts";
import type { PacingResult } from "../contract/pacing.ts";
import { oneLine } from "../untrusted-text.ts";
import { fittedTable, type Column, type Paper } from "./fitted-table.ts";
import { header, table, type Cell } from "./table.ts";
import { textWidth, wrap } from "./text-width.ts";
import { clock, rate, size } from "./units.ts";

const columns: readonly Column<ChannelResult>[] = [
  { title: "CHANNEL", cell: ({ name }) => name, alignsLeft: true, droppedAt: 0 },
  { title: "STATE", cell: ({ state }) => channelStateCell(state), alignsLeft: true, droppedAt: 1 },
  { title: "POSITION", cell: positionText, droppedAt: 7 },
  { title: "FPS", cell: ({ pacing }) => rate(pacing.targetFps), droppedAt: 2 },
  { title: "MEASURED", cell: ({ pacing }) => rate(pacing.measuredFps), droppedAt: 3 },
  { title: "TS ms", cell: ({ pacing }) => rate(pacing.tsMs), droppedAt: 5 },
  { title: "MEASURED", cell: ({ pacing }) => rate(pacing.measuredTsMs), droppedAt: 6 },
  { title: "CLIENTS", cell: ({ clients }) => String(clients), droppedAt: 8 },
  { title: "GROUP", cell: ({ group, ports }) => `${group}:${ports.video}`, alignsLeft: true, droppedAt: 9 },
  { title: "SOURCE", cell: ({ source }) => source || "-", alignsLeft: true, droppedAt: 4, leastWidth: 8 },
];

/** One line a channel, and below them what else there is to say of each. */
export function channelTable(channels: readonly ChannelResult[], paper: Paper): string {
  const lines = channels.length === 0 ? [] : fittedTable(channels, columns, paper);
  return [...lines, ...notes(channels, paper)].map((line) => `${line}\n`).join("");
}

function notes(channels: readonly ChannelResult[], paper: Paper): readonly string[] {
  const said = [
    ...channels.flatMap((channel) => reasonOf(channel).map((reason) => [channel, reason] as const)),
    ...channels.flatMap((channel) => (channel.captureDelayMs === null ? [] : [[channel, delayText(channel.captureDelayMs)] as const])),
    ...channels.flatMap((channel) => channel.warnings.map((warning) => [channel, `warning: ${warning}`] as const)),
    ...channels.flatMap((channel) => (channel.overridden.length === 0 ? [] : [[channel, overriddenText(channel)] as const])),
  ];
  const widest = Math.max(0, ...said.map(([{ name }]) => textWidth(name))) + 3;
  const indent = Math.min(widest, Math.floor((paper.columns ?? Number.POSITIVE_INFINITY) / 3));
  return said.map(([{ name }, text]) => wrap(oneLine(`${`${name}: `.padEnd(indent)}${text}`), paper.columns, indent));
}

/** None if the state says it all; with whole paths where the daemon tells them. */
function reasonOf({ stateReason, stateDetail }: ChannelResult): readonly string[] {
  const reason = stateDetail ?? stateReason;
  return reason === null ? [] : [reason];
}

/** Everything about one channel, one line a fact. */
export function channelText(channel: ChannelResult, paper: Paper): string {
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
    [
      "group",
      `${channel.group}, ports ${ports}, profile ${channel.profile}${channel.access === "pass" ? ", encrypted for who has a pass" : ""}`,
    ],
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
      `${counters.framesSent} frames, ${counters.audioBlocksSent} sound blocks, ${counters.packetsSent} packets, ${size(counters.bytesSent)}${counters.packetsRetransmitted === 0 ? "" : `; ${counters.packetsRetransmitted} packets sent again`}`,
    ],
    [
      "frames",
      `${counters.framesDropped} dropped, ${counters.framesRepeated} repeated, ${counters.oversizeReencoded} made smaller, ${channel.queueFrames} queued`,
    ],
    ["trouble", `${counters.sendErrors} send errors, ${counters.sourceRestarts} source restarts, ${counters.silentBlocks} silent blocks`],
  ];
  const indent = Math.max(...facts.map(([title]) => (typeof title === "string" ? textWidth(title) : 0))) + 2;
  return `${wrapped(table(facts, { colour: paper.colour }), paper, indent)}\n${pacingText(channel.pacing, paper)}`;
}

function delayText({ p50, p95, max }: NonNullable<ChannelResult["captureDelayMs"]>): string {
  return `from capture to the group p50 ${p50} ms, p95 ${p95} ms, max ${max} ms`;
}

function sourceText({ source, itemIndex, itemCount, cached }: ChannelResult): string {
  if (source === "") return "-";
  return `${source}${itemCount === 1 ? "" : ` (${itemIndex + 1} of ${itemCount})`}${cached ? ", from the cache" : ""}`;
}

/** FPS and TS, target and truth side by side. */
export function pacingText(pacing: PacingResult, paper: Paper): string {
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
  const numbers = table(rows, { colour: paper.colour, rightAligned: [1, 2, 3] });
  return numbers + wrapped(clamped + adapt + adapted + facts, paper, 0);
}

function wrapped(lines: string, { columns }: Paper, indent: number): string {
  return lines.replace(/.+/g, (line) => wrap(line, columns, indent));
}

/** What an operator has put above the configuration. */
function overriddenText({ overridden }: ChannelResult): string {
  return overridden.map(({ key, value, configured }) => `${key} ${shortened(value)} (configured: ${shortened(configured)})`).join(", ");
}

/** A rate that was given as a sample time has as many digits as a number can. */
function shortened(value: ChannelResult["overridden"][number]["value"]): string {
  return String(typeof value === "number" ? Number(value.toFixed(3)) : value);
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
