// streamctl discover: the channels that are announced on this network, as they are heard.
import type { Command } from "commander";
import { oneLine } from "../../untrusted-text.ts";
import type { Paper } from "../fitted-table.ts";
import { styled, table, type Cell } from "../table.ts";
import { clip, textWidth } from "../text-width.ts";
import { paperOf, type Tool } from "../tool.ts";
import { parseWait, rate } from "../units.ts";

/** An announced session, as it came from the network: its texts are not to be trusted. */
export type FoundSession = {
  readonly name: string;
  readonly group: string;
  readonly heardFrom: string;
  readonly control: { readonly host: string; readonly port: number } | null;
  readonly video: {
    readonly port: number;
    readonly size: { readonly width: number; readonly height: number } | null;
    readonly fps: number | null;
  } | null;
  readonly isEncrypted?: boolean;
  readonly audio: { readonly port: number; readonly sampleRateHz: number; readonly channels: number } | null;
  readonly sdp: string;
};

export type SessionNews = { readonly kind: "found" | "changed" | "gone"; readonly session: FoundSession };

/** Listens until the signal. Rejects with a RefusedError when it cannot. */
export type Discover = (onNews: (news: SessionNews) => void, signal: AbortSignal) => Promise<void>;

/** A daemon announces each of its channels within this time, unless it has very many. */
const DEFAULT_SECONDS = "11";
/** `from`: the least width of a terminal on which a line with it, and an address of usual length, fits. */
const COLUMNS = [
  { title: "CHANNEL", width: 16, from: 0 },
  { title: "GROUP", width: 21, from: 58 },
  { title: "PICTURE", width: 17, from: 77 },
  { title: "SOUND", width: 15, from: 94 },
  { title: "HOST", width: 0, from: 0 },
] as const;

export function addDiscover(program: Command, tool: Tool, discover: Discover): void {
  program
    .command("discover")
    .option("--seconds <N>", "how long to listen", DEFAULT_SECONDS)
    .description("lists the channels that are announced on this network (SAP), as they are heard; needs no daemon on this host")
    .action(({ seconds }: { readonly seconds: string }) => listen(tool, discover, parseWait("--seconds", seconds)));
}

async function listen(tool: Tool, discover: Discover, waitMs: number): Promise<void> {
  const { terminal } = tool;
  const paper = paperOf(terminal);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), waitMs);
  void terminal.untilInterrupted().then(() => stop.abort());
  // A person in front of an empty screen: the first may take ten seconds.
  if (paper.columns !== null) terminal.err(`streamctl: listening for ${waitMs / 1000} s; Ctrl-C ends it\n`);
  const sinceMs = performance.now();
  let heard = 0;
  const tell = (news: SessionNews): void => {
    if (heard++ === 0 && !tool.json()) terminal.out(row(HEADER, paper));
    terminal.out(tool.json() ? `${JSON.stringify({ ...news.session, event: news.kind })}\n` : row(cells(news), paper));
  };
  try {
    await discover(tell, stop.signal);
  } finally {
    clearTimeout(timer);
  }
  if (heard > 0) return;
  // Ctrl-C may have come sooner.
  const seconds = Math.min(waitMs, Math.max(100, performance.now() - sinceMs)) / 1000;
  terminal.err(
    `streamctl: nothing was announced in ${Number(seconds.toFixed(1))} s: is a streamerd in this network (announce.sap: true), and does a firewall let UDP port 9875 in? With its address: --host\n`,
  );
}

const HEADER: readonly Cell[] = COLUMNS.map(({ title }) => styled("bold")(title));

function cells({ kind, session }: SessionNews): readonly Cell[] {
  const { name, group, video, audio, heardFrom, control, isEncrypted } = session;
  const host = control === null ? heardFrom : `${control.host}:${control.port}`;
  if (kind === "gone") return [name, group, "gone", "", host].map(styled("dim"));
  const size = video?.size ?? null;
  const fps = video?.fps ?? null;
  const picture =
    video === null
      ? "none"
      : [size === null ? "" : `${size.width}x${size.height}`, fps === null ? "" : `${rate(fps)} FPS`].join(" ").trim();
  const sound = audio === null ? "none" : `${audio.sampleRateHz} Hz ${audio.channels === 2 ? "stereo" : "mono"}`;
  const place = isEncrypted === true ? `${host} (for who has a pass)` : host;
  return [name, `${group}:${video?.port ?? audio?.port ?? 0}`, picture || "yes", sound, place];
}

/** Lines appear one by one: the columns cannot wait for the widest. */
function row(line: readonly Cell[], { colour, columns }: Paper): string {
  const room = columns ?? Number.POSITIVE_INFINITY;
  const shown = line.flatMap((cell, index): readonly Cell[] => {
    const { width, from } = COLUMNS[index] ?? { width: 0, from: 0 };
    return room < from ? [] : [changed(cell, (text) => text.padEnd(width + text.length - textWidth(text)))];
  });
  const excess = textWidth(table([shown], { colour: false }).trimEnd()) - room;
  const [name = "", ...others] = shown;
  if (excess <= 0) return table([shown], { colour });
  return table([[changed(name, (text) => clip(text, Math.max(COLUMNS[0].width, textWidth(text) - excess))), ...others]], { colour });
}

function changed(cell: Cell, change: (text: string) => string): Cell {
  return typeof cell === "string" ? change(oneLine(cell)) : { ...cell, text: change(oneLine(cell.text)) };
}
