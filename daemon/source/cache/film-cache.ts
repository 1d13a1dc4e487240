/**
 * The cache as a player sees it: a film and the form in which it is wanted in; a reader of its entry out, or the right to make one.
 * Whatever is wrong with the cache, the stream goes on without it.
 */

import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { ItemReader } from "../item-reader.ts";
import type { SourceCache, SourceFormat } from "../messages.ts";
import { openCachedReader } from "./cached-reader.ts";
import { entryPath, lockEntry, removeEntry, removeLeftovers, touchEntry, unlockEntry } from "./directory.ts";
import { entryKey, identifyFilm } from "./entry-key.ts";
import { TooSlowError } from "./entry-file.ts";
import { NoRoomError, type Recording, startRecording, TooLargeError } from "./recording.ts";
import { openEntry } from "./stored-entry.ts";
import { codeOf, explainTrouble } from "./trouble.ts";

export type FilmCache = {
  /** Looks for the film's entry; where there is none that is whole, it may be made. */
  readonly look: (path: string, format: SourceFormat) => Found;
  /** Whether the film that was recorded last goes into its entry, or has gone into it. */
  readonly isKept: () => boolean;
  /** Why no film can be kept any more: the directory, what is wrong with it, and the remedy. Null: they can. */
  readonly trouble: () => string | null;
  /** While a film that has been played to its end is being put in its place: worth a moment's waiting for who plays it again. */
  readonly finishing: () => Promise<void> | null;
  /** Resolves when what is being made by now is written. */
  readonly settled: () => Promise<void>;
};

export type Found =
  | {
      readonly kind: "entry";
      readonly reader: ItemReader;
      /** It turned out to be damaged: it goes, and is not looked at again. */
      readonly discard: () => void;
    }
  /** `record`: null if somebody else is making it, or if it cannot be kept. */
  | { readonly kind: "none"; readonly record: () => Recording | null };

/** `say` gets lines for a person. */
export function createFilmCache({ dir, maxBytes }: NonNullable<SourceCache>, say: (line: string) => void): FilmCache {
  /** Entries that do not fit. */
  const tooLarge = new Set<string>();
  /** Entries that were found damaged and could not be removed. */
  const damaged = new Set<string>();
  /** Entries that are there, and not for us to read. */
  const unreadable = new Set<string>();
  let trouble: string | null = null;
  let latest: Recording | null = null;
  /** The key of the entry that the latest recording makes, or has made. */
  let kept: string | null = null;

  /** Said once: what does not work now does not work for the next film either. */
  const switchOff = (why: string): void => {
    if (trouble !== null) return;
    trouble = `${dir}: ${why}`;
    say(`cache: ${trouble}; films are encoded in every pass until this channel is started again`);
  };

  const fail = (key: string, path: string, error: unknown): void => {
    if (kept === key) kept = null;
    // Somebody has tidied up: the next pass finds room again.
    if (codeOf(error) === "ENOENT")
      return say(`cache: the entry of ${basename(path)} was removed while it was made; the next full pass makes it`);
    if (error instanceof TooSlowError) return switchOff("its disk does not keep up with the films; name another one in cache.dir");
    if (error instanceof NoRoomError)
      return say(
        `cache: ${basename(path)}: other films that are being kept take the room (${maxBytes} bytes); the next full pass tries again`,
      );
    if (!(error instanceof TooLargeError)) return switchOff(explainTrouble(error));
    tooLarge.add(key);
    say(
      `cache: ${basename(path)}: takes more than the cache may hold (${maxBytes} bytes) and is encoded in every pass; raise cache.maxBytes`,
    );
  };

  const discard = (key: string, path: string): void => {
    damaged.add(key);
    say(`cache: the entry of ${basename(path)} was damaged; it is made anew`);
    try {
      removeEntry(dir, key);
      damaged.delete(key);
    } catch {
      // A directory that cannot be written to: it is passed by from now on.
    }
  };

  const passBy = (key: string, path: string, error: unknown): void => {
    unreadable.add(key);
    const file = entryPath(dir, key);
    say(
      `cache: ${file}: the entry of ${basename(path)} cannot be read (${codeOf(error)}); make it readable for the user that runs streamerd, or remove it`,
    );
  };

  /** `refusal`: why it could not be looked at; null if it was not there. */
  const record = (key: string, path: string, format: SourceFormat, isUnchanged: () => boolean, refusal: unknown): Recording | null => {
    kept = null;
    if (trouble !== null || tooLarge.has(key) || damaged.has(key) || unreadable.has(key)) return null;
    try {
      if (!lockEntry(dir, key)) return null;
      // Somebody else may have made it between the look and the lock.
      if (existsSync(entryPath(dir, key))) {
        unlockEntry(dir, key);
        if (refusal !== null) passBy(key, path, refusal);
        return null;
      }
      removeLeftovers(dir);
    } catch (error) {
      unlockEntry(dir, key);
      switchOff(explainTrouble(error));
      return null;
    }
    kept = key;
    latest = startRecording({ dir, maxBytes, key, path, format, isUnchanged, onFailure: (error) => fail(key, path, error) });
    return latest;
  };

  return {
    look: (path, format) => {
      const identity = identifyFilm(path);
      if (identity === null) return { kind: "none", record: () => null };
      const key = entryKey(identity, format);
      const file = entryPath(dir, key);
      const opened = damaged.has(key) ? { kind: "missing" as const } : openEntry(file, key);
      if (opened.kind === "open") {
        touchEntry(file, Date.now() / 1000);
        return { kind: "entry", reader: openCachedReader(opened.entry, path), discard: () => discard(key, path) };
      }
      if (opened.kind === "damaged") discard(key, path);
      if (opened.kind === "missing") unreadable.delete(key);
      const isUnchanged = (): boolean => {
        const now = identifyFilm(path);
        return now !== null && entryKey(now, format) === key;
      };
      const refusal = opened.kind === "unreadable" ? opened.error : null;
      return { kind: "none", record: () => record(key, path, format, isUnchanged, refusal) };
    },
    isKept: () => kept !== null,
    trouble: () => trouble,
    finishing: () => latest?.finishing() ?? null,
    settled: async () => latest?.settled(),
  };
}
