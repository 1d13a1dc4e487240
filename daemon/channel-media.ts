/**
 * What a channel plays: its items, the place in them, the source that reads them and the feed to the sender. Every start, seek and skip
 * to another item begins a new *place* with a generation of its own; what still comes of an older one is dropped.
 */

import type { ChannelConfig } from "../config/schema.ts";
import { mostJpegBytes } from "../wire/datagram/index.ts";
import { monotonicMs } from "./clock.ts";
import { ItemTrack } from "./item-track.ts";
import type { SenderThread } from "./send/sender-thread.ts";
import { createSourceFeed } from "./source-feed.ts";
import type { SourceFeed } from "./source-feed.ts";
import type { ItemInfo, SourceCommand, SourceFormat, SourceItem, SourceMessage, SourceStart } from "./source/messages.ts";
import { SourceSupervisor } from "./supervisor.ts";

export type MediaListener = {
  /** For the log: one line. */
  readonly onWarning: (text: string) => void;
  /** No source will be started any more. */
  readonly onGivenUp: (reason: string) => void;
};

/** A starved sender says so every second; an older word is no longer true. */
const BEHIND_HOLDS_MS = 2500;

export class ChannelMedia {
  readonly #name: string;
  /** The configuration in force. */
  readonly #config: () => ChannelConfig;
  readonly #sender: SenderThread;
  readonly #listener: MediaListener;
  readonly #supervisor: SourceSupervisor;
  readonly #feed: SourceFeed;
  #playlist: readonly SourceItem[] = [];
  #items = new ItemTrack();
  #place: SourceStart = { generation: 0, itemIndex: 0, positionMs: 0, timelineMs: 0 };
  /** The last word of the sender that it was starved: from where on media was of use then. */
  #behind: { readonly timelineMs: number; readonly atMs: number } | null = null;
  #oversizeFrames = 0;
  /** The quality that pictures still have which were read ahead before another one was asked for. */
  #formerQuality: number | null = null;
  #askedQuality: number | null = null;

  constructor(config: () => ChannelConfig, sender: SenderThread, listener: MediaListener) {
    const { name, pacing, audio } = config();
    this.#name = name;
    this.#config = config;
    this.#sender = sender;
    this.#listener = listener;
    this.#feed = createSourceFeed(name, sender, pacing.queueFrames, audio.sampleRateHz, audio.channels);
    this.#supervisor = new SourceSupervisor({
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
    this.#formerQuality = this.#askedQuality;
    this.#supervisor.reformat(this.#format());
  }

  stop(): void {
    this.#supervisor.stop();
  }

  /** The sender has taken this much since the beginning. */
  noteConsumed(frames: number, samples: number): void {
    this.#feed.noteConsumed(frames, samples);
    this.#supervisor.setReading(this.#feed.hasRoom());
  }

  /** The sender is starved: what lies before this timeline time is of no use any more. */
  noteBehind(timelineMs: number): void {
    this.#behind = { timelineMs, atMs: monotonicMs() };
    this.#supervisor.skip(timelineMs);
  }

  /** The clock stood still in a pause: what was said of it before does not hold. */
  forgetBehind(): void {
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
    if (message.kind === "frame" && this.#isReduced(message.quality)) this.#oversizeFrames++;
    this.#feed.push(message, this.#items.latest);
    this.#supervisor.setReading(this.#feed.hasRoom());
  }

  /** Abandons what is queued; the timeline begins anew at the first media of this place. */
  #newPlace(itemIndex: number, positionMs: number): SourceStart {
    this.#place = { generation: this.#place.generation + 1, itemIndex, positionMs, timelineMs: 0 };
    this.#items = new ItemTrack();
    this.#behind = null;
    this.#feed.restart();
    this.#sender.post({ kind: "expect", channel: this.#name, generation: this.#place.generation });
    return this.#place;
  }

  /** Where a new source takes over: after the last media that came, or where the film is by now. */
  #resumeAt(): SourceStart {
    const timelineMs = Math.max(this.#feed.reachedMs() ?? 0, this.#neededFromMs());
    return this.#items.startAt(timelineMs, this.#place.generation) ?? this.#place;
  }

  /** From where on media is of use now, after a time without any; 0 when nothing was missing. */
  #neededFromMs(): number {
    if (this.#behind === null) return 0;
    const ageMs = monotonicMs() - this.#behind.atMs;
    return ageMs > BEHIND_HOLDS_MS ? 0 : this.#behind.timelineMs + ageMs;
  }

  #openCommand(start: SourceStart): SourceCommand {
    const { loop, readAhead } = this.#config();
    return { kind: "open", items: this.#playlist, loop, format: this.#format(), readAhead, start };
  }

  #isReduced(quality: number): boolean {
    return quality < this.#config().video.quality && quality !== this.#formerQuality;
  }

  /** What is asked of the source now. */
  #format(): SourceFormat {
    const { engine, video, audio, profile, datagram } = this.#config();
    const { width, quality } = video;
    const maxFrameBytes = profile === "rtp" ? video.maxFrameBytes : Math.min(video.maxFrameBytes, mostJpegBytes(datagram.encoding));
    this.#askedQuality = quality;
    const sound = audio.enabled ? { sampleRateHz: audio.sampleRateHz, channels: audio.channels } : null;
    return { engine, width, quality, maxFrameBytes, audio: sound };
  }
}
