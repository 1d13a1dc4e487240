/** A JSON file of the state directory, opened whatever is in it: what is damaged is kept beside it, and what a later version wrote is told apart. */

import { renameSync } from "node:fs";
import type { JsonStore } from "../../config/json-store.ts";

/** What a file's content is taken for. */
export type Taken<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "damaged"; readonly reason: string };

export type OpenedJson<T> =
  | Exclude<Taken<T>, { kind: "damaged" }>
  /** It was damaged: it is at `kept` now, and its place is free. */
  | { readonly kind: "set-aside"; readonly reason: string; readonly kept: string }
  /** It is damaged, and where it was. */
  | { readonly kind: "immovable"; readonly reason: string; readonly error: unknown }
  | { readonly kind: "unreadable"; readonly error: unknown };

/** `path`: of the store's file. */
export function openJson<T>(path: string, { read }: Pick<JsonStore, "read">, take: (content: unknown) => Taken<T>): OpenedJson<T> {
  try {
    const taken = take(read());
    return taken.kind === "damaged" ? setAside(path, taken.reason) : taken;
  } catch (error) {
    return error instanceof SyntaxError ? setAside(path, "it is no JSON") : { kind: "unreadable", error };
  }
}

function setAside(path: string, reason: string): OpenedJson<never> {
  const kept = `${path}.damaged`;
  try {
    renameSync(path, kept);
    return { kind: "set-aside", reason, kept };
  } catch (error) {
    return { kind: "immovable", reason, error };
  }
}
