/** Fills the cache with one film, as fast as it goes: plays it once to nobody. */

import type { EngineLoader } from "../engine-loader.ts";
import type { OpenCommand, SourceFormat, SourceMessage } from "../messages.ts";
import { createPlayer } from "../player.ts";
import type { FilmCache } from "./film-cache.ts";

/** What waits for the sound, or for the pictures, of a badly interleaved film. */
const READ_AHEAD = { maxMs: 4000, maxBytes: 16 << 20 };
/** Between two looks at the signal, and at the disk. */
const MAX_WORK_MS = 50;

export type Prepared =
  /** It is in the cache now, or has been before. */
  | { readonly kind: "made" | "there" }
  | { readonly kind: "failed"; readonly reason: string }
  /** The signal came. */
  | { readonly kind: "stopped" };

export type PrepareTools = { readonly cache: FilmCache; readonly engine: EngineLoader };

/** `onProgress` is given the share of the film that is done; null while its length is not known. */
export async function prepareFilm(
  path: string,
  format: SourceFormat,
  { cache, engine }: PrepareTools,
  onProgress: (share: number | null) => void,
  signal: AbortSignal,
): Promise<Prepared> {
  if (isThere(cache, path, format)) return { kind: "there" };
  let reachedMs = 0;
  let isOpen = false;
  let durationMs: number | null = null;
  let reason = "it was changed meanwhile, or another process is making its entry; try again later";
  const emit = (message: SourceMessage, timelineUs: number): void => {
    if (message.kind === "item") {
      isOpen = true;
      durationMs = message.info.durationMs;
    }
    if (message.kind === "item-error") reason = message.message;
    reachedMs = Math.max(reachedMs, timelineUs / 1000);
  };
  const open: OpenCommand = {
    kind: "open",
    items: [{ kind: "file", path }],
    loop: false,
    format,
    readAhead: READ_AHEAD,
    cache: null,
    start: { generation: 0, itemIndex: 0, positionMs: 0, timelineMs: 0 },
  };
  const player = createPlayer(open, emit, { cache, engine });
  for (let state = player.step(); state === "playing" || state === "waiting"; state = player.step()) {
    if (state === "waiting") await player.ready();
    for (const untilMs = performance.now() + MAX_WORK_MS; state === "playing" && performance.now() < untilMs;) state = player.step();
    if (signal.aborted) {
      player.close();
      await cache.settled();
      return { kind: "stopped" };
    }
    onProgress(durationMs === null ? null : Math.min(1, reachedMs / durationMs));
    await turnLoop();
    await cache.settled();
    // The rest would be encoded for nothing.
    if (isOpen && !cache.isKept()) break;
  }
  player.close();
  await cache.settled();
  return isThere(cache, path, format) ? { kind: "made" } : { kind: "failed", reason };
}

function isThere(cache: FilmCache, path: string, format: SourceFormat): boolean {
  const found = cache.look(path, format);
  if (found.kind === "entry") found.reader.close();
  return found.kind === "entry";
}

function turnLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
