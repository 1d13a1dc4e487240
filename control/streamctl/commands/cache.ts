// streamctl prepare, and streamctl cache …: the encoded films that are kept on this host; needs no daemon.
import type { Command } from "commander";
import type { CacheContents, CachedFilm, CachePlace, CacheTools } from "../../cache-request.ts";
import { RefusedError } from "../../client-error.ts";
import { fittedTable, type Column, type Paper } from "../fitted-table.ts";
import { createProgress } from "../progress.ts";
import { paperOf, type Tool } from "../tool.ts";
import { clock, size } from "../units.ts";
import { USUAL_STREAM } from "../usual-stream.ts";

type PlaceOptions = { readonly config?: string; readonly dir?: string };

/** Wide enough for a percent to be a step, and narrow enough for the name beside it. */
const BAR_WIDTH = 30;

export function addPrepare(program: Command, tool: Tool, cache: CacheTools): void {
  const command = program
    .command("prepare")
    .argument("<FILE...>", "films, or directories of them")
    .description("encodes films into the cache ahead of their first pass; needs no daemon")
    .option("--channel <CHANNEL>", "the channel of the config whose settings are meant; may be left out when there is only one");
  withPlace(command).action(async (files: readonly string[], options: PlaceOptions & { readonly channel?: string }) => {
    const { terminal } = tool;
    const stop = new AbortController();
    void terminal.untilInterrupted().then(() => stop.abort());
    const done: { readonly file: string; readonly made: boolean }[] = [];
    const failed: { readonly file: string; readonly reason: string }[] = [];
    const progress = createProgress(terminal);
    try {
      await cache.prepare(
        { ...toPlace(options), files, channel: options.channel ?? null },
        {
          onProgress: (path, index, count, share) => progress.show(progressText(path, index, count, share)),
          onDone: (path, kind) => {
            progress.clear();
            done.push({ file: path, made: kind === "made" });
            if (!tool.json()) terminal.out(`${path}: ${kind === "made" ? "is in the cache now" : "is in the cache already"}\n`);
          },
          onFailed: (path, reason) => {
            progress.clear();
            failed.push({ file: path, reason: reason.startsWith(path) ? reason : `${path}: ${reason}` });
          },
          say: (line) => {
            progress.clear();
            terminal.err(`streamctl: ${line}\n`);
          },
          signal: stop.signal,
        },
      );
    } finally {
      progress.clear();
    }
    if (tool.json()) terminal.out(`${JSON.stringify({ done, failed })}\n`);
    if (failed.length > 0) throw new RefusedError(0, failed.map(({ reason }) => reason).join("\n"), null);
    if (stop.signal.aborted) throw new RefusedError(0, "interrupted; what was complete is kept", null);
  });
}

export function addCache(program: Command, tool: Tool, tools: CacheTools): void {
  const cache = program.command("cache").description("the encoded films that are kept on this host");

  withPlace(cache.command("list"))
    .description("lists what is kept, the last used first")
    .action(async (options: PlaceOptions) => {
      const contents = await tools.list(toPlace(options));
      tool.print(contents, () => contentsText(contents, paperOf(tool.terminal)));
    });

  withPlace(cache.command("clear"))
    .description("removes what is kept; a channel that plays from it goes on, and encodes its next pass anew")
    .action(async (options: PlaceOptions) => {
      const cleared = await tools.clear(toPlace(options));
      tool.print(cleared, () => `${counted(cleared.entries)}, ${size(cleared.bytes)}, removed from ${cleared.dir}\n`);
    });
}

function withPlace(command: Command): Command {
  return command
    .option("--config <FILE>", "the config file of the daemon that is meant; without it the defaults stand")
    .option("--dir <PATH>", "the cache directory; for the service: /var/cache/streamerd");
}

function toPlace({ config, dir }: PlaceOptions): CachePlace {
  return { config: config ?? null, dir: dir ?? null };
}

function progressText(path: string, index: number, count: number, share: number | null): string {
  const name = path.split("/").at(-1) ?? path;
  const place = count === 1 ? "" : `${index + 1} of ${count}: `;
  if (share === null) return `${place}${name}: length not known`;
  const filled = Math.round(share * BAR_WIDTH);
  return `${place}[${"#".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${Math.floor(share * 100)} % ${name}`;
}

const columns: readonly Column<CachedFilm>[] = [
  { title: "FILM", cell: ({ name }) => name ?? "damaged", alignsLeft: true, droppedAt: 0, leastWidth: 20 },
  { title: "LENGTH", cell: ({ durationMs }) => clock(durationMs), droppedAt: 1 },
  { title: "SIZE", cell: ({ bytes }) => size(bytes), droppedAt: 2 },
  { title: "SETTINGS", cell: settingsText, alignsLeft: true, droppedAt: 4 },
  { title: "LAST USED", cell: ({ usedAt }) => usedAt.replace(/\.\d+Z$/, "Z"), alignsLeft: true, droppedAt: 3 },
  { title: "FILE", cell: ({ path }) => path, alignsLeft: true, droppedAt: 5 },
];

function contentsText({ dir, maxBytes, bytes, films }: CacheContents, paper: Paper): string {
  const total = `${dir}: ${counted(films.length)}, ${size(bytes)} of at most ${size(maxBytes)}`;
  return `${[total, ...(films.length === 0 ? [] : fittedTable(films, columns, paper))].join("\n")}\n`;
}

function counted(films: number): string {
  return films === 1 ? "1 film" : `${films} films`;
}

function settingsText({ settings }: CachedFilm): string {
  if (settings === null) return "-";
  const { width, quality, maxFrameBytes, audio } = settings;
  const most = maxFrameBytes === USUAL_STREAM.maxFrameBytes ? [] : [`maxFrameBytes ${maxFrameBytes}`];
  const sound = audio === null ? "no sound" : `${audio.sampleRateHz} Hz ${audio.channels === 1 ? "mono" : "stereo"}`;
  return [`width ${width}`, `quality ${quality}`, ...most, sound].join(", ");
}
