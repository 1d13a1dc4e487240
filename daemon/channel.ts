/**
 * One channel on the main thread: its state, what an operator may do to it, and how its source and its sender are joined.
 * Media passes through here without being looked at.
 */

import type { ChannelConfig } from "../config/schema.ts";
import { monotonicMs } from "./clock.ts";
import { ItemTrack } from "./item-track.ts";
import type { InterfaceState, Route } from "./send/sender-messages.ts";
import type { SenderNews, SenderThread } from "./send/sender-thread.ts";
import type { SenderConfig, SenderEvent, SenderInit } from "./send/sender-types.ts";
import { createSourceFeed } from "./source-feed.ts";
import type { SourceFeed } from "./source-feed.ts";
import type { ItemInfo, SourceCommand, SourceItem, SourceMessage, SourceStart } from "./source/messages.ts";
import { SourceSupervisor } from "./supervisor.ts";

export type ChannelState = "starting" | "playing" | "paused" | "stopped" | "ended" | "failed";

export type ChannelSetup = {
  readonly name: string;
  readonly config: ChannelConfig;
  readonly items: readonly SourceItem[];
  readonly senderConfig: SenderConfig;
  readonly senderInit: SenderInit;
  readonly route: Route;
};

/** What the rest of the daemon hears of a channel. */
export type ChannelNews =
  | { readonly kind: "state"; readonly state: ChannelState; readonly reason: string | null }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "info"; readonly text: string };

export type Picture = { readonly width: number; readonly height: number; readonly quality: number };

/** A starved sender says so every second; an older word is no longer true. */
const BEHIND_HOLDS_MS = 2500;

/** A refusal that an operator can read. */
export class ChannelRefusal extends Error {}

export class Channel {
  readonly name: string;
  readonly setup: ChannelSetup;
  readonly #sender: SenderThread;
  readonly #tell: (news: ChannelNews) => void;
  readonly #supervisor: SourceSupervisor;
  readonly #feed: SourceFeed;
  #items = new ItemTrack();
  #state: ChannelState = "stopped";
  #reason: string | null = null;
  #generation = 0;
  #interfaces: readonly InterfaceState[] = [];
  #picture: Picture | null = null;
  #sdpVersion = 0;
  #fps: number | null;
  #oversizeFrames = 0;
  /** The last word of the sender that it was starved: from where on media was of use then. */
  #behind: { readonly timelineMs: number; readonly atMs: number } | null = null;
  readonly #opened = Promise.withResolvers<void>();

  constructor(setup: ChannelSetup, sender: SenderThread, tell: (news: ChannelNews) => void) {
    const { name, config } = setup;
    this.name = name;
    this.setup = setup;
    this.#sender = sender;
    this.#tell = tell;
    this.#fps = setup.senderConfig.fps;
    this.#feed = createSourceFeed(name, sender, config.pacing.queueFrames, config.audio.sampleRateHz, config.audio.channels);
    this.#supervisor = new SourceSupervisor({
      openAt: (start) => this.#openCommand(start),
      resumeAt: () => this.#items.startAt(Math.max(this.#feed.reachedMs() ?? 0, this.#neededFromMs()), this.#generation),
      onMessage: (message) => this.#receive(message),
      onLost: (reason) => tell({ kind: "warning", text: `${reason}; another one goes on where the film is` }),
      onGivenUp: (reason) => this.fail(reason),
      onLog: (line) => tell({ kind: "warning", text: `source: ${line}` }),
    });
  }

  /** Opens the sockets. Resolves when every interface has been tried once. */
  async open(): Promise<readonly InterfaceState[]> {
    const { name, senderConfig, senderInit, route } = this.setup;
    this.#sender.post({ kind: "add", channel: name, config: senderConfig, init: senderInit, route });
    await this.#opened.promise;
    return this.#interfaces;
  }

  get state(): ChannelState {
    return this.#state;
  }

  get reason(): string | null {
    return this.#reason;
  }

  get interfaces(): readonly InterfaceState[] {
    return this.#interfaces;
  }

  get picture(): Picture | null {
    return this.#picture;
  }

  /** Grows whenever the session description has to change. */
  get sdpVersion(): number {
    return this.#sdpVersion;
  }

  /** The rate asked for; null for the source's own. */
  get targetFps(): number | null {
    return this.#fps;
  }

  /** Pictures that were made smaller to keep within `maxFrameBytes`. */
  get oversizeFrames(): number {
    return this.#oversizeFrames;
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  get sourcePid(): number | null {
    return this.#supervisor.pid;
  }

  get queuedFrames(): number {
    return this.#feed.queuedFrames();
  }

  /** The item that plays at this timeline time, as far as it is known. */
  itemAt(timelineMs: number | null): ItemInfo | null {
    return this.#items.at(timelineMs);
  }

  start(): void {
    if (this.#state === "paused") return this.resume();
    if (this.#state === "playing" || this.#state === "starting") return;
    this.#enter("starting", null);
    this.#supervisor.start(this.#newPlace(0, 0));
  }

  stop(): void {
    this.#supervisor.stop();
    this.#sender.post({ kind: "stop", channel: this.name });
    if (this.#state !== "failed") this.#enter("stopped", null);
  }

  /** The daemon ends: the source goes, and the sender says goodbye by itself. */
  leave(): void {
    this.#supervisor.stop();
  }

  pause(): void {
    if (this.#state === "paused") return;
    this.#requireRunning("paused");
    this.#sender.post({ kind: "pause", channel: this.name });
    this.#enter("paused", null);
  }

  resume(): void {
    if (this.#state === "playing") return;
    if (this.#state !== "paused") throw new ChannelRefusal(`channel ${this.name} is ${this.#state}, not paused; use channel start`);
    this.#sender.post({ kind: "resume", channel: this.name });
    this.#enter("playing", null);
  }

  /** `timelineMs`: where the channel is now, from its statistics. */
  seek(positionMs: number, timelineMs: number | null): void {
    this.#requireRunning("moved");
    const item = this.#items.at(timelineMs);
    const durationMs = item?.durationMs ?? null;
    if (durationMs !== null && positionMs >= durationMs) {
      throw new ChannelRefusal(
        `${formatSeconds(positionMs)} lies past the end of ${item?.name ?? "the film"} (${formatSeconds(durationMs)})`,
      );
    }
    this.#supervisor.seek(this.#newPlace(item?.itemIndex ?? 0, positionMs));
  }

  next(timelineMs: number | null): void {
    this.#requireRunning("moved");
    const index = (this.#items.at(timelineMs)?.itemIndex ?? 0) + 1;
    if (index >= this.setup.items.length && !this.setup.config.loop) throw new ChannelRefusal(`channel ${this.name} plays its last film`);
    this.#supervisor.seek(this.#newPlace(index % this.setup.items.length, 0));
  }

  /** A rate above the source's is refused; null takes the source's own. */
  setFps(fps: number | null, timelineMs: number | null): void {
    const item = this.#items.at(timelineMs);
    const sourceFps = item?.video?.fps ?? null;
    if (fps !== null && sourceFps !== null && fps > sourceFps * 1.001) {
      throw new ChannelRefusal(
        `${item?.name ?? "the source"} has ${round(sourceFps)} frames a second: ${round(fps)} is more; use at most ${round(sourceFps)}`,
      );
    }
    this.#fps = fps;
    this.#sender.post({ kind: "fps", channel: this.name, fps });
  }

  /** News of this channel from the sender thread. */
  hear(news: SenderNews): void {
    if (news.kind === "consumed") {
      this.#feed.noteConsumed(news.frames, news.samples);
      this.#supervisor.setReading(this.#feed.hasRoom());
    } else if (news.kind === "interfaces") this.#hearInterfaces(news.states, news.isFirst);
    else this.#hearEvent(news.event);
  }

  #hearInterfaces(states: readonly InterfaceState[], isFirst: boolean): void {
    const before = this.#interfaces;
    this.#interfaces = states;
    if (isFirst) return this.#opened.resolve();
    for (const { wanted, problem, address } of states) {
      const old = before.find((state) => state.wanted === wanted);
      if (problem !== null && old?.problem === null)
        this.#tell({ kind: "warning", text: `interface ${problem}; sending there resumes by itself` });
      if (problem === null && old?.problem !== null) this.#tell({ kind: "info", text: `sending on ${wanted} (${address ?? ""}) again` });
    }
  }

  #hearEvent(event: SenderEvent): void {
    switch (event.kind) {
      case "playing":
        if (event.generation === this.#generation && this.#state === "starting") this.#enter("playing", null);
        return;
      case "picture":
        if (event.width !== this.#picture?.width || event.height !== this.#picture.height) this.#sdpVersion++;
        this.#picture = event;
        return;
      case "bad-picture":
        return this.#tell({ kind: "warning", text: `a picture was not sent: ${event.reason}` });
      case "behind":
        this.#behind = { timelineMs: event.timelineMs, atMs: monotonicMs() };
        return this.#supervisor.skip(event.timelineMs);
      case "ended":
        if (event.generation !== this.#generation) return;
        this.#supervisor.stop();
        return this.#enter("ended", null);
    }
  }

  #receive(message: SourceMessage): void {
    if (message.kind === "item-error") return this.#tell({ kind: "warning", text: message.message });
    const generation = message.kind === "item" ? message.info.generation : message.generation;
    if (generation !== this.#generation) return;
    if (message.kind === "item") this.#items.note(message.info);
    else if (message.kind === "end")
      this.#sender.post({ kind: "end", channel: this.name, generation, timelineMs: message.timelineUs / 1000 });
    else {
      if (message.kind === "frame" && message.quality < this.setup.config.video.quality) this.#oversizeFrames++;
      this.#feed.push(message, this.#items.latest);
      this.#supervisor.setReading(this.#feed.hasRoom());
    }
  }

  /** From where on media is of use now, after a time without any; 0 when nothing was missing. */
  #neededFromMs(): number {
    if (this.#behind === null) return 0;
    const ageMs = monotonicMs() - this.#behind.atMs;
    return ageMs > BEHIND_HOLDS_MS || this.#state === "paused" ? 0 : this.#behind.timelineMs + ageMs;
  }

  /** Abandons what is queued; the timeline begins anew at the first media of this place. */
  #newPlace(itemIndex: number, positionMs: number): SourceStart {
    this.#generation++;
    this.#items = new ItemTrack();
    this.#behind = null;
    this.#feed.restart();
    this.#sender.post({ kind: "expect", channel: this.name, generation: this.#generation });
    return { generation: this.#generation, itemIndex, positionMs, timelineMs: 0 };
  }

  #openCommand(start: SourceStart): SourceCommand {
    const { video, audio, loop, readAhead } = this.setup.config;
    const { width, quality, maxFrameBytes } = video;
    const sound = audio.enabled ? { sampleRateHz: audio.sampleRateHz, channels: audio.channels } : null;
    return { kind: "open", items: this.setup.items, loop, format: { width, quality, maxFrameBytes, audio: sound }, readAhead, start };
  }

  /** It cannot send: no process will be started until an operator starts it again. */
  fail(reason: string): void {
    this.#supervisor.stop();
    this.#enter("failed", reason);
  }

  #enter(state: ChannelState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
    this.#tell({ kind: "state", state, reason });
  }

  #requireRunning(done: string): void {
    if (this.#state === "playing" || this.#state === "paused" || this.#state === "starting") return;
    throw new ChannelRefusal(`channel ${this.name} is ${this.#state} and cannot be ${done}; start it first`);
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function formatSeconds(ms: number): string {
  return `${round(ms / 1000)} s`;
}
