/**
 * The process that fills the cache: one request as a JSON line on stdin, reports as JSON lines on stdout, words for a person on stderr.
 * It ends when it is done, or with its stdin: then nothing half made is left behind.
 */

import { createInterface } from "node:readline";
import * as v from "valibot";
import { createFilmCache } from "./cache/film-cache.ts";
import { prepareFilm } from "./cache/prepare.ts";
import { createEngineLoader } from "./engine-loader.ts";
import { expandSource, SourceError } from "./expand.ts";
import { type PrepareReport, type PrepareRequest, prepareRequestSchema } from "./prepare-messages.ts";

/** Ten times a second is smooth enough for an eye. */
const PROGRESS_INTERVAL_MS = 100;

function run(): void {
  const stop = new AbortController();
  const lines = createInterface({ input: process.stdin });
  // Ctrl-C on a terminal goes to all processes there: nothing half made is to be left.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  // Whoever read the reports has gone.
  process.stdout.on("error", () => stop.abort());
  lines.once("line", (line) => {
    void prepareAll(v.parse(prepareRequestSchema, JSON.parse(line)), stop.signal).then(() => lines.close());
  });
  lines.once("close", () => {
    stop.abort();
    process.stdin.destroy();
  });
}

async function prepareAll({ names, format, cache: settings }: PrepareRequest, signal: AbortSignal): Promise<void> {
  const report = (message: PrepareReport): void => void process.stdout.write(`${JSON.stringify(message)}\n`);
  if (settings === null) throw new Error("there is no cache to fill");
  // What the cache says of a film that is not in it afterwards is the reason.
  const said: string[] = [];
  // What FFmpeg says of a damaged film helps nobody here: what cannot be played is told in words of ours.
  const tools = { cache: createFilmCache(settings, (line) => void said.push(line)), engine: createEngineLoader(() => {}) };
  const paths = names.flatMap((name) => filesOf(name, (reason) => report({ kind: "failed", path: name, reason })));
  for (const [index, path] of paths.entries()) {
    let reportedMs = -Infinity;
    const onProgress = (share: number | null): void => {
      if (performance.now() - reportedMs < PROGRESS_INTERVAL_MS) return;
      reportedMs = performance.now();
      report({ kind: "progress", path, index, count: paths.length, share });
    };
    const prepared = await prepareFilm(path, format, tools, onProgress, signal);
    if (prepared.kind === "stopped") return;
    const words = said.splice(0);
    const trouble = tools.cache.trouble();
    if (trouble !== null) return report({ kind: "failed", path, reason: `${trouble}${leftOut(paths.length - index - 1)}` });
    if (prepared.kind === "failed") report({ ...prepared, path, reason: words.at(-1) ?? prepared.reason });
    else {
      words.forEach(say);
      report({ ...prepared, path });
    }
  }
}

/** What does not work for one film does not work for the next ones. */
function leftOut(films: number): string {
  if (films === 0) return "";
  return films === 1 ? "; the film after it was left out" : `; the ${films} films after it were left out`;
}

function filesOf(name: string, onProblem: (reason: string) => void): readonly string[] {
  try {
    return expandSource(name).flatMap((item) => (item.kind === "file" ? [item.path] : []));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    onProblem(error.message);
    return [];
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

run();
