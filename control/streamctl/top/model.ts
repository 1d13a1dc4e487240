// PURE. What `streamctl top` knows and shows: samples of the daemon and keys go in, a new state comes out.
import type { ChannelResult } from "../../contract/channel.ts";
import type { StatusResult } from "../../contract/server-status.ts";
import type { JoinedClient } from "../../contract/session.ts";

export type Sample = {
  readonly atMs: number;
  readonly place: string;
  readonly status: StatusResult;
  /** Null: only operators may know. */
  readonly clients: readonly JoinedClient[] | null;
};

export type ChannelRow = { readonly channel: ChannelResult; /** Null before the second sample. */ readonly bitsPerSecond: number | null };

export const sortKeys = ["name", "state", "fps", "lateness", "queue", "bit rate", "restarts", "clients"] as const;
export type SortKey = (typeof sortKeys)[number];

export type TopState = {
  readonly sample: Sample | null;
  readonly rows: readonly ChannelRow[];
  readonly sort: SortKey;
  readonly isReversed: boolean;
  readonly isPaused: boolean;
  readonly showsClients: boolean;
  readonly showsHelp: boolean;
  /** Why what is shown is old; null while it is not. */
  readonly trouble: string | null;
};

export const firstState: TopState = {
  sample: null,
  rows: [],
  sort: "name",
  isReversed: false,
  isPaused: false,
  showsClients: true,
  showsHelp: false,
  trouble: null,
};

export function withSample(state: TopState, sample: Sample): TopState {
  if (state.isPaused) return { ...state, trouble: null };
  const rows = sample.status.channels.map((channel) => ({ channel, bitsPerSecond: bitRate(state.sample, sample, channel) }));
  return { ...state, sample, rows, trouble: null };
}

/** The channels in the order that is wished for: numbers begin with the largest, names with A. */
export function sortedRows({ rows, sort, isReversed }: TopState): readonly ChannelRow[] {
  const inOrder = rows.toSorted((one, other) => {
    const [first, second] = [sortValue(one, sort), sortValue(other, sort)];
    if (typeof first === "number" && typeof second === "number" && first !== second) return second - first;
    return String(first).localeCompare(String(second)) || one.channel.name.localeCompare(other.channel.name);
  });
  return isReversed ? inOrder.toReversed() : inOrder;
}

/** `key`: as Node names it. */
export function withKey(state: TopState, key: string): TopState | "quit" {
  switch (key) {
    case "q":
    case "ctrl-c":
    case "escape":
      return "quit";
    case "s":
    case "right":
      return { ...state, sort: nextSort(state.sort, 1), isReversed: false };
    case "left":
      return { ...state, sort: nextSort(state.sort, -1), isReversed: false };
    case "r":
      return { ...state, isReversed: !state.isReversed };
    case "p":
    case "space":
      return { ...state, isPaused: !state.isPaused };
    case "c":
      return { ...state, showsClients: !state.showsClients };
    case "h":
    case "?":
      return { ...state, showsHelp: !state.showsHelp };
    default:
      return state;
  }
}

function nextSort(sort: SortKey, step: number): SortKey {
  const index = (sortKeys.indexOf(sort) + step + sortKeys.length) % sortKeys.length;
  return sortKeys[index] ?? "name";
}

function sortValue({ channel, bitsPerSecond }: ChannelRow, sort: SortKey): string | number {
  switch (sort) {
    case "name":
      return channel.name;
    case "state":
      return channel.state;
    case "fps":
      return channel.pacing.measuredFps ?? 0;
    case "lateness":
      return channel.pacing.latenessMs?.p99 ?? 0;
    case "queue":
      return channel.queueFrames;
    case "bit rate":
      return bitsPerSecond ?? 0;
    case "restarts":
      return channel.counters.sourceRestarts;
    case "clients":
      return channel.clients;
  }
}

function bitRate(before: Sample | null, now: Sample, channel: ChannelResult): number | null {
  const old = before?.status.channels.find(({ name }) => name === channel.name);
  if (before === null || old === undefined || now.atMs <= before.atMs) return null;
  // A daemon that was started anew counts from 0.
  const bytes = channel.counters.bytesSent - old.counters.bytesSent;
  return bytes < 0 ? null : (bytes * 8000) / (now.atMs - before.atMs);
}
