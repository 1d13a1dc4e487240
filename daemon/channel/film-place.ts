/** A place in a playlist that outlasts a restart, and the films that are there then. Pure. */

import type { SourceItem } from "../source/messages.ts";

/** What plays, and where in it; `path` is null for the test film. */
export type FilmPlace = { readonly path: string | null; readonly itemIndex: number; readonly positionMs: number };

/** The item of that path, at its old index if it is there several times; −1 if it is gone. */
export function findItem(items: readonly SourceItem[], { path, itemIndex }: FilmPlace): number {
  const isIt = (item: SourceItem | undefined): boolean => item !== undefined && (item.kind === "file" ? item.path : null) === path;
  return isIt(items[itemIndex]) ? itemIndex : items.findIndex(isIt);
}
