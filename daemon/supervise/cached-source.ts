/**
 * A source in the daemon itself: films whose entries in the cache are whole are read, not decoded, and that takes no process. It waits for no disk, and
 * what it cannot play it leaves, at an exact place, to a source process. In: the commands of a source process. Out: its messages.
 */

import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../../control/system-error.ts";
import { openCachedReader } from "../source/cache/cached-reader.ts";
import type { CachedReader } from "../source/cache/cached-reader.ts";
import { areKept, openEntryAhead } from "../source/cache/entry-ahead.ts";
import type { Found } from "../source/cache/film-cache.ts";
import type { StoredEntry } from "../source/cache/stored-entry.ts";
import type { ItemInfo, OpenCommand, SourceCommand, SourceMessage, SourceStart } from "../source/messages.ts";
import { createPlayer, type PlayerState } from "../source/player.ts";
import { placeAfter, startAt } from "../source/playlist.ts";
import { ROUNDING_US } from "../source/read-ahead.ts";
import type { Source, SourceListener } from "./source-process.ts";

export type CachedSourceListener = SourceListener & {
  /** From this place on, a moment from now, a process is wanted. Until it is ended it goes on with what it has. */
  readonly onLeaving: (next: SourceStart) => void;
  /** It has given everything that comes before this place, and can give nothing more. */
  readonly onLeft: (next: SourceStart) => void;
};

/** A playlist of more films is left to a process: each is looked at when one takes over. */
const MOST_FILMS = 64;
/** After so much work the event loop turns. */
const MAX_WORK_MS = 10;
/** So much later another form begins: a process comes up meanwhile. */
const LEAVING_US = 1_000_000;

/** A film, and its entry, which is open. */
export type OpenedFilm = { readonly path: string; readonly entry: StoredEntry };

/** The entry of one of the items of a command, if all of them are in the cache in the form that is wanted; else null. */
export async function openFromCache(open: OpenCommand, itemIndex: number): Promise<OpenedFilm | null> {
  const { items, format, cache } = open;
  const paths = items.flatMap((item) => (item.kind === "file" ? [item.path] : []));
  const path = paths[itemIndex];
  if (cache === null || path === undefined || paths.length < items.length || new Set(paths).size > MOST_FILMS) return null;
  const others = paths.filter((other) => other !== path);
  if (!(await areKept(others, format, cache.dir))) return null;
  const entry = await openEntryAhead(path, format, cache.dir);
  return entry === null ? null : { path, entry };
}

export class CachedSource implements Source {
  readonly pid = null;
  readonly #open: OpenCommand;
  readonly #listener: CachedSourceListener;
  readonly #player;
  /** The entry that was opened for the item that is to be entered. */
  #opened: OpenedFilm | null;
  /** The item that is to be entered has no entry. */
  #isMissing = false;
  #reader: CachedReader | null = null;
  #item: ItemInfo | null = null;
  #reachedUs: number;
  #seeks = 0;
  #isReading = true;
  #isRunning = false;
  #isGone = false;

  /** `open`: of which all is in the cache. `opened`: what is played first; it is closed here. */
  constructor(open: OpenCommand, opened: OpenedFilm, listener: CachedSourceListener) {
    this.#open = open;
    this.#opened = opened;
    this.#listener = listener;
    this.#reachedUs = open.start.timelineMs * 1000;
    this.#player = createPlayer(open, (message, timelineUs) => this.#give(message, timelineUs), {
      engine: { loaded: () => null, load: () => this.#openNext() },
      cache: { look: (path) => this.#look(path), finishing: () => null },
    });
    // Not before whoever made it knows it.
    queueMicrotask(() => void this.#run());
  }

  send(command: SourceCommand): void {
    if (command.kind === "seek") {
      this.#seeks++;
      this.#isMissing = false;
      this.#reachedUs = command.start.timelineMs * 1000;
      this.#player.seek(command.start);
    } else if (command.kind === "skip") this.#player.skipTo(command.timelineMs * 1000);
    else if (command.kind === "format" && !isDeepStrictEqual(command.format, this.#open.format)) this.#leaveSoon();
    void this.#run();
  }

  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    void this.#run();
  }

  kill(): void {
    this.#finish(() => this.#listener.onExit("was ended by us", true));
  }

  /** Gives messages for as long as they are wanted. Never throws. */
  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let fromMs = performance.now();
    try {
      while (this.#isReading && !this.#isGone) {
        const state = this.#step();
        if (state === "ended") return;
        if (state === "waiting") await this.#player.ready();
        else if (performance.now() - fromMs > MAX_WORK_MS) {
          await turnOfTheLoop();
          fromMs = performance.now();
        }
      }
    } catch (error) {
      this.#finish(() => this.#listener.onExit(`could not read the cache: ${messageOf(error)}`, true));
    } finally {
      this.#isRunning = false;
    }
  }

  /** Leaves where it is time to. */
  #step(): PlayerState {
    const place = this.#isMissing ? this.#player.place() : null;
    if (place !== null) this.#leave(place);
    if (this.#isGone) return "ended";
    const state = this.#player.step();
    if (state === "failed") throw new Error("nothing of it can be played");
    return state;
  }

  #look(path: string): Found {
    const opened = this.#opened;
    this.#opened = null;
    if (opened !== null && opened.path === path) {
      const reader = openCachedReader(opened.entry, path);
      this.#reader = reader;
      // The process that goes on with it finds the same damage, and removes it.
      return { kind: "entry", reader, discard: () => void (this.#isMissing = true) };
    }
    opened?.entry.close();
    return { kind: "none", record: () => null };
  }

  async #openNext(): Promise<void> {
    const place = this.#player.place();
    const seeks = this.#seeks;
    const { items, format, cache } = this.#open;
    const item = place === null ? undefined : items[place.itemIndex % items.length];
    if (this.#isMissing || item?.kind !== "file" || cache === null) return;
    const entry = await openEntryAhead(item.path, format, cache.dir);
    // It may have been ended or sent elsewhere meanwhile.
    if (this.#isGone || this.#seeks !== seeks) return entry?.close();
    if (entry === null) this.#isMissing = true;
    else this.#opened = { path: item.path, entry };
  }

  #give(message: SourceMessage, timelineUs: number): void {
    if (this.#isGone) return;
    if (message.kind === "item") this.#item = message.info;
    this.#reachedUs = Math.max(this.#reachedUs, timelineUs);
    this.#listener.onMessage(message);
  }

  /** Another form is wanted, for which a process is needed: from the next picture on that comes after a moment, or the next film. */
  #leaveSoon(): void {
    const item = this.#item;
    if (item === null) return;
    const { items, loop } = this.#open;
    const { generation, itemIndex } = item;
    const itemStartUs = item.timelineMs * 1000;
    const afterUs = this.#reachedUs + LEAVING_US - itemStartUs;
    const pictureUs = this.#reader?.picture === null ? afterUs : (this.#reader?.pictureFrom(afterUs) ?? null);
    const place =
      pictureUs === null
        ? placeAfter({ itemIndex, itemStartUs, positionUs: 0 }, (item.durationMs ?? 0) * 1000, items.length, loop)
        : // The picture that is shown there is this one, and not the one before, however times are rounded.
          { itemIndex, itemStartUs, positionUs: pictureUs + ROUNDING_US / 2 };
    if (place !== null) this.#listener.onLeaving(startAt(generation, place));
  }

  #leave(next: SourceStart): void {
    this.#finish(() => this.#listener.onLeft(next));
  }

  #finish(tell: () => void): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#opened?.entry.close();
    this.#player.close();
    tell();
  }
}
