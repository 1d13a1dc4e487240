/** Plays with a cache, in this process: what comes out as one line a message, and the files that are left. */

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { createEngineLoader, type EngineLoader } from "../../daemon/source/engine-loader.ts";
import { createFilmCache, type FilmCache } from "../../daemon/source/cache/film-cache.ts";
import type { SourceMessage, SourceStart } from "../../daemon/source/messages.ts";
import { createPlayer, type Player } from "../../daemon/source/player.ts";
import { type OpenCommand, openCommand } from "./run-source.ts";

export type CacheRun = {
  readonly player: Player;
  readonly messages: readonly SourceMessage[];
  /** Steps until a message fits, or until it is over. */
  readonly playTo: (fits: (message: SourceMessage) => boolean) => Promise<void>;
  /** What the cache said. */
  readonly said: readonly string[];
  readonly cache: FilmCache;
  readonly engine: EngineLoader;
};

export const BIG = 1 << 30;

/** `dir`: null for no cache. */
export function startRun(
  files: readonly string[],
  dir: string | null,
  changes: Partial<OpenCommand> & { readonly maxBytes?: number } = {},
): CacheRun {
  const { maxBytes = BIG, ...others } = changes;
  const messages: SourceMessage[] = [];
  const said: string[] = [];
  const engine = createEngineLoader((line) => void said.push(line));
  const cache = createFilmCache({ dir: dir ?? "/nowhere", maxBytes }, (line) => void said.push(line));
  const open = openCommand(files, others);
  const player = createPlayer(open, (message) => void messages.push(message), { engine, cache: dir === null ? null : cache });
  const playTo = async (fits: (message: SourceMessage) => boolean): Promise<void> => {
    let seen = messages.length;
    for (let state = player.step(); state === "playing" || state === "waiting"; state = player.step()) {
      if (state === "waiting") await player.ready();
      for (; seen < messages.length; seen++) {
        const message = messages[seen];
        if (message !== undefined && fits(message)) return cache.settled();
      }
      // The cache's files are written while the loop turns.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await cache.settled();
  };
  return { player, messages, playTo, said, cache, engine };
}

/** To the end of a playlist that is not repeated. */
export async function playOnce(
  files: readonly string[],
  dir: string | null,
  changes: Parameters<typeof startRun>[2] = {},
): Promise<CacheRun> {
  const run = startRun(files, dir, changes);
  await run.playTo(() => false);
  return run;
}

/** The media of a run, each message with its exact times and a hash of its bytes. */
export function mediaOf(messages: readonly SourceMessage[]): readonly string[] {
  return messages.flatMap((message) => {
    const digest = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
    if (message.kind === "frame") {
      const { timelineUs, quality, width, height, jpeg } = message;
      return [`picture ${timelineUs} ${quality} ${width}x${height} ${digest(jpeg)}`];
    }
    return message.kind === "audio" ? [`sound ${message.timelineSample} ${digest(message.pcm)}`] : [];
  });
}

/** Whether each item that was entered came from the cache. */
export const cachedOf = (messages: readonly SourceMessage[]): readonly boolean[] =>
  messages.flatMap((message) => (message.kind === "item" ? [message.info.cached] : []));

/** Extensions of what is in the directory, sorted. */
export function kindsIn(dir: string): readonly string[] {
  return readdirSync(dir)
    .map((name) => name.split(".").at(-1) ?? "")
    .toSorted();
}

export const startAt = (positionMs: number, changes: Partial<SourceStart> = {}): SourceStart => ({
  generation: 1,
  itemIndex: 0,
  positionMs,
  timelineMs: positionMs,
  ...changes,
});
