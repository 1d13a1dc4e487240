// PURE. The state of `streamctl top` as text that fits a terminal.
import type { JoinedClient } from "../../contract/session.ts";
import { channelStateCell, positionText } from "../channel-text.ts";
import { fittedTable, type Column } from "../fitted-table.ts";
import { table } from "../table.ts";
import { clip } from "../text-width.ts";
import { duration, rate, size } from "../units.ts";
import { sortedRows, type ChannelRow, type TopState } from "./model.ts";

export type ScreenSize = { readonly columns: number; readonly rows: number };

const channelColumns: readonly Column<ChannelRow>[] = [
  { title: "CHANNEL", cell: ({ channel }) => channel.name, alignsLeft: true, droppedAt: 0 },
  { title: "STATE", cell: ({ channel }) => channelStateCell(channel.state), alignsLeft: true, droppedAt: 1 },
  { title: "FPS", cell: ({ channel }) => rate(channel.pacing.targetFps), droppedAt: 2 },
  { title: "real", cell: ({ channel }) => rate(channel.pacing.measuredFps), droppedAt: 3 },
  { title: "TS ms", cell: ({ channel }) => rate(channel.pacing.tsMs), droppedAt: 8 },
  { title: "real", cell: ({ channel }) => rate(channel.pacing.measuredTsMs), droppedAt: 9 },
  { title: "LATE", cell: ({ channel }) => rate(channel.pacing.latenessMs?.p99 ?? null), droppedAt: 4 },
  { title: "Q", cell: ({ channel }) => String(channel.queueFrames), droppedAt: 7 },
  { title: "kbit/s", cell: ({ bitsPerSecond }) => (bitsPerSecond === null ? "-" : (bitsPerSecond / 1000).toFixed(0)), droppedAt: 5 },
  { title: "RST", cell: ({ channel }) => String(channel.counters.sourceRestarts), droppedAt: 10 },
  { title: "CLI", cell: ({ channel }) => String(channel.clients), droppedAt: 6 },
  { title: "POSITION", cell: ({ channel }) => positionText(channel), droppedAt: 11 },
  { title: "SOURCE", cell: ({ channel }) => channel.source, alignsLeft: true, droppedAt: 12 },
];

const clientColumns: readonly Column<JoinedClient>[] = [
  { title: "CLIENT", cell: ({ address }) => address, alignsLeft: true, droppedAt: 0 },
  { title: "CHANNEL", cell: ({ channel }) => channel, alignsLeft: true, droppedAt: 1 },
  { title: "FPS", cell: ({ report }) => rate(report?.fps ?? null), droppedAt: 2 },
  {
    title: "LOST %",
    cell: ({ report }) => (report === null ? "-" : rate((100 * report.lost) / Math.max(1, report.expected))),
    droppedAt: 3,
  },
  {
    title: "REPAIRED %",
    cell: ({ report }) => (report?.repaired === undefined ? "-" : rate((100 * report.repaired) / Math.max(1, report.expected))),
    droppedAt: 9,
  },
  { title: "LATE", cell: ({ report }) => (report === null ? "-" : String(report.late)), droppedAt: 4 },
  { title: "JITTER ms", cell: ({ report }) => rate(report?.jitterMs ?? null), droppedAt: 5 },
  { title: "BUFFER ms", cell: ({ report }) => rate(report?.bufferMs ?? null), droppedAt: 7 },
  { title: "SKEW ms", cell: ({ report }) => rate(report?.skewMs ?? null), droppedAt: 6 },
  { title: "NAME", cell: ({ name }) => name ?? "-", alignsLeft: true, droppedAt: 8 },
];

/** Each line fits 80 columns. */
const HELP = [
  "s or arrows: sort by another column   r reverse   p hold the display   c clients",
  "LATE ms, p99   Q pictures waiting   RST restarts of the source   CLI clients",
  "q quit   h the one line again",
] as const;
const HINT = "q quit  s sort  r reverse  p hold display  c clients  h help";
/** What the table of channels leaves to the clients, where there are many of both. */
const LEAST_CLIENT_LINES = 4;

/** Never more lines or columns than `screen`. */
export function renderTop(state: TopState, screen: ScreenSize, colour: boolean): string {
  const head = headLines(state, colour);
  const foot = footLines(state, colour);
  const room = screen.rows - head.length - foot.length - 1;
  const clients = state.showsClients ? clientLines(state, screen, colour) : [];
  const channels = fittedTable(sortedRows(state), channelColumns, { colour, columns: screen.columns });
  const roomForClients = clients.length === 0 ? 0 : Math.min(clients.length, Math.max(LEAST_CLIENT_LINES, room - channels.length - 1));
  const shown = [...head, ...cut(channels, Math.max(2, room - (roomForClients === 0 ? 0 : roomForClients + 1)))];
  if (roomForClients > 0) shown.push("", ...cut(clients, roomForClients));
  const lines = [...shown.slice(0, Math.max(0, screen.rows - foot.length)), ...foot].slice(-screen.rows);
  return lines.map((line) => clip(line, screen.columns)).join("\n");
}

function headLines({ sample, trouble, isPaused, sort, isReversed }: TopState, colour: boolean): readonly string[] {
  if (sample === null) return [trouble ?? "connecting …", ""];
  const { server, version, uptimeMs, resources, totals } = sample.status;
  const about = `${server} ${version} at ${sample.place}, up ${duration(uptimeMs)}`;
  const use = `CPU ${resources.cpuPercent.toFixed(1)} %, memory ${size(resources.rssBytes)}, sent ${size(totals.bytesSent)}, ${totals.sendErrors} errors`;
  const order = `sorted by ${sort}${isReversed ? ", reversed" : ""}`;
  const note = trouble ?? (isPaused ? "display held: p goes on" : order);
  return [about, use, tint(note, trouble !== null ? "red" : isPaused ? "yellow" : "dim", colour)];
}

function footLines({ showsHelp }: TopState, colour: boolean): readonly string[] {
  return (showsHelp ? HELP : [HINT]).map((line) => tint(line, "dim", colour));
}

function clientLines({ sample }: TopState, screen: ScreenSize, colour: boolean): readonly string[] {
  const clients = sample?.clients;
  if (clients === undefined || clients === null)
    return sample === null ? [] : ["clients: operators only (--token-file, or the Unix socket)"];
  return clients.length === 0 ? ["nobody has joined"] : fittedTable(clients, clientColumns, { colour, columns: screen.columns });
}

function cut(lines: readonly string[], room: number): readonly string[] {
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
}

function tint(text: string, colour: "red" | "yellow" | "dim", isColoured: boolean): string {
  return table([[{ text, colour }]], { colour: isColoured }).trimEnd();
}
