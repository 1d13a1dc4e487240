/**
 * What a channel plays: its items, the place in them, the source that reads them and the feed to the sender. Every start, seek and skip
 * to another item begins a new *place* with a generation of its own; what still comes of an older one is dropped.
 */

import type { ChannelConfig } from "../../config/schema.ts";
import { monotonicMs } from "../clock.ts";
import { ItemTrack, positionIn } from "./item-track.ts";
import type { Media } from "./media.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { createSourceFeed } from "../supervise/source-feed.ts";
import type { SourceFeed } from "../supervise/source-feed.ts";
import type { ItemInfo, OpenCommand, SourceCache, SourceFormat, SourceItem, SourceMessage, SourceStart } from "../source/messages.ts";
import { sourceFormat } from "./source-format.ts";
import { SourceSupervisor } from "../supervise/supervisor.ts";

export type MediaListener = {
  /** For the log: one line. */
  readonly onWarning: (text: string) => void;
  /** No source will be started any more. */
  readonly onGivenUp: (reason: string) => void;
};

/** What a film and its stand-ins have in common: they feed the same sender. */
export type Stage = {
  readonly feed: SourceFeed;
  /** A number that no place of the channel has had. */
  readonly nextGeneration: () => number;
};

export function createStage(config: ChannelConfig, sender: SenderThread): Stage {
  const { name, pacing, audio } = config;
  let generation = 0;
  return {
    feed: createSourceFeed(name, sender, pacing.queueFrames, audio.sampleRateHz, audio.channels),
    nextGeneration: () => ++generation,
  };
}

/** A starved sender says so every second; an older word is no longer true. */
const BEHIND_HOLDS_MS = 2500;
/** A source that is too slow catches up by leaving pictures out. Further behind is who stood still (SIGSTOP, a machine that was paused): to read all that lies between would take its time, too. */
const LEAP_MS = 30_000;

export class FilmMedia implements Media {
  readonly #name: string;
  /** The configuration in force. */
  readonly #config: () => ChannelConfig;
  readonly #cache: SourceCache;
  readonly #sender: SenderThread;
  readonly #listener: MediaListener;
  readonly #supervisor: SourceSupervisor;
  readonly #stage: Stage;
  #playlist: readonly SourceItem[] = [];
  #items = new ItemTrack();
  #place: SourceStart = { generation: 0, itemIndex: 0, positionMs: 0, timelineMs: 0 };
  /** The last word of the sender that it was starved: from where on media was of use then. */
  #behind: { readonly timelineMs: number; readonly atMs: number } | null = null;
  /** Where the source was sent for the sake of the time last, in this place. */
  #leaptToMs = 0;
  #oversizeFrames = 0;

  /** `cache`: where encoded films are kept; null: nowhere. */
  constructor(config: () => ChannelConfig, cache: SourceCache, sender: SenderThread, listener: MediaListener, stage: Stage) {
    this.#name = config().name;
    this.#config = config;
    this.#cache = cache;
    this.#sender = sender;
    this.#listener = listener;
    this.#stage = stage;
    this.#supervisor = new SourceSupervisor({
      isLive: false,
      name: () => "the source",
      mayWait: () => false,
      onWaiting: () => {},
      openAt: (start) => this.#openCommand(start),
      resumeAt: () => this.#resumeAt(),
      onMessage: (message) => this.#receive(message),
      onLost: (reason) => listener.onWarning(`${reason}; another one goes on where the film is`),
      onGivenUp: listener.onGivenUp,
      onLog: (line) => listener.onWarning(`source: ${line}`),
    });
  }

  /** What the current place belongs to. */
  get generation(): number {
    return this.#place.generation;
  }

  get playlist(): readonly SourceItem[] {
    return this.#playlist;
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  /** A film comes from nobody. */
  get relays(): null {
    return null;
  }

  get sourcePid(): number | null {
    return this.#supervisor.pid;
  }

  /** Pictures that were made smaller to keep within `maxFrameBytes`. */
  get oversizeFrames(): number {
    return this.#oversizeFrames;
  }

  /** The item that plays at this timeline time, as far as it is known. */
  itemAt(timelineMs: number | null): ItemInfo | null {
    return this.#items.at(timelineMs);
  }

  itemIndexAt(timelineMs: number | null): number {
    return this.itemAt(timelineMs)?.itemIndex ?? this.#place.itemIndex;
  }

  positionAt(timelineMs: number | null): number {
    const info = this.itemAt(timelineMs);
    if (info === null || timelineMs === null) return this.#place.positionMs;
    // The clock runs a little before the first picture is due.
    return positionIn(info, Math.max(timelineMs, this.#place.timelineMs));
  }

  /** These items from a place on, with a new source. */
  start(playlist: readonly SourceItem[], itemIndex: number, positionMs: number): void {
    this.#playlist = playlist;
    this.#supervisor.start(this.#newPlace(itemIndex, positionMs));
  }

  /** Elsewhere, in the source that is there. */
  moveTo(itemIndex: number, positionMs: number): void {
    this.#supervisor.seek(this.#newPlace(itemIndex, positionMs));
  }

  /** Another form is wanted: from a little later on in the film, so that there is no gap. */
  reformat(): void {
    this.#supervisor.reformat(this.#format());
  }

  stop(): void {
    this.#supervisor.stop();
    this.#place = { ...this.#place, positionMs: 0 };
  }

  /** The sender has taken this much since the beginning. */
  noteConsumed(frames: number, samples: number): void {
    this.#stage.feed.noteConsumed(frames, samples);
    this.#supervisor.setReading(this.#stage.feed.hasRoom());
  }

  /** The sender is starved: what lies before this timeline time is of no use any more. */
  noteBehind(timelineMs: number): void {
    this.#behind = { timelineMs, atMs: monotonicMs() };
    const reachedMs = Math.max(this.#stage.feed.reachedMs() ?? 0, this.#leaptToMs);
    const there = timelineMs - reachedMs > LEAP_MS ? this.#items.startAt(timelineMs, this.generation) : null;
    if (there === null) return this.#supervisor.skip(timelineMs);
    this.#leaptToMs = timelineMs;
    this.#supervisor.leap(there);
  }

  /** The sender holds the film. */
  hold(): void {}

  /** The clock stood still in a pause: what was said of it before does not hold. */
  release(): void {
    this.#behind = null;
  }

  #receive(message: SourceMessage): void {
    if (message.kind === "item-error") return this.#listener.onWarning(message.message);
    const generation = message.kind === "item" ? message.info.generation : message.generation;
    if (generation !== this.#place.generation) return;
    if (message.kind === "item") return this.#items.note(message.info);
    if (message.kind === "end") {
      const timelineMs = message.timelineUs / 1000;
      return this.#sender.post({ kind: "end", channel: this.#name, generation, timelineMs });
    }
    if (message.kind === "frame" && message.isReduced) this.#oversizeFrames++;
    this.#stage.feed.push(message, this.#items.latest);
    this.#supervisor.setReading(this.#stage.feed.hasRoom());
  }

  /** Abandons what is queued; the timeline begins anew at the first media of this place. */
  #newPlace(itemIndex: number, positionMs: number): SourceStart {
    this.#place = { generation: this.#stage.nextGeneration(), itemIndex, positionMs, timelineMs: 0 };
    this.#items = new ItemTrack();
    this.#behind = null;
    this.#leaptToMs = 0;
    this.#stage.feed.restart();
    this.#sender.post({ kind: "expect", channel: this.#name, generation: this.#place.generation, live: null });
    return this.#place;
  }

  /** Where a new source takes over: after the last media that came, or where the film is by now. */
  #resumeAt(): SourceStart {
    const timelineMs = Math.max(this.#stage.feed.reachedMs() ?? 0, this.#neededFromMs());
    return this.#items.startAt(timelineMs, this.#place.generation) ?? this.#place;
  }

  /** From where on media is of use now, after a time without any; 0 when nothing was missing. */
  #neededFromMs(): number {
    if (this.#behind === null) return 0;
    const ageMs = monotonicMs() - this.#behind.atMs;
    return ageMs > BEHIND_HOLDS_MS ? 0 : this.#behind.timelineMs + ageMs;
  }

  #openCommand(start: SourceStart): OpenCommand {
    const { loop, readAhead } = this.#config();
    return { kind: "open", items: this.#playlist, loop, format: this.#format(), readAhead, cache: this.#cache, start };
  }

  /** What is asked of the source now. */
  #format(): SourceFormat {
    return sourceFormat(this.#config());
  }
}
