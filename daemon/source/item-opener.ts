/** An item of the playlist → a reader of it: of its entry in the cache where there is one, else of the item itself. */

import type { FilmCache } from "./cache/film-cache.ts";
import type { Recording } from "./cache/recording.ts";
import type { Engine, EngineLoader } from "./engine-loader.ts";
import { ItemError, type ItemReader } from "./item-reader.ts";
import type { SourceFormat, SourceItem } from "./messages.ts";

export type Tools = {
  readonly engine: EngineLoader;
  /** Null: nothing is kept. */
  readonly cache: Pick<FilmCache, "look" | "finishing"> | null;
};

export type OpenedItem =
  | { readonly kind: "cached"; readonly reader: ItemReader; readonly discard: () => void }
  | {
      readonly kind: "made";
      readonly reader: ItemReader;
      readonly engine: Engine;
      /** Begins to keep what is sent of a full pass; null if that is not wanted or not possible. */
      readonly record: () => Recording | null;
    };

/** Null as long as the engine that it takes is not loaded. Throws ItemError. */
export function openItem(item: SourceItem, format: SourceFormat, { engine: loader, cache }: Tools): OpenedItem | null {
  const found = item.kind === "file" ? (cache?.look(item.path, format) ?? null) : null;
  if (found?.kind === "entry") return { kind: "cached", reader: found.reader, discard: found.discard };
  const engine = loader.loaded();
  if (engine === null) return null;
  return { kind: "made", reader: openReader(item, format, engine), engine, record: () => found?.record() ?? null };
}

function openReader(item: SourceItem, format: SourceFormat, engine: Engine): ItemReader {
  switch (item.kind) {
    case "file":
      return engine.openFileReader(item.path, format);
    case "test-film":
      return engine.openTestFilmReader(format);
    case "slate":
      return engine.openSlateReader(item.title);
    case "live":
      throw new ItemError("a live source stands alone");
  }
}
