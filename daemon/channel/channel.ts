/**
 * One channel on the main thread: its state, what an operator may do to it, and what its sender tells. Media passes through
 * without being looked at (`FilmMedia`, `LiveMedia`).
 */

import type { ChannelConfig } from "../../config/schema.ts";
import type { Sending } from "./rate.ts";
import { ChannelInterfaces } from "./interfaces.ts";
import type { ChannelNews, ChannelState, Picture } from "./news.ts";
import { ChannelRefusal, refuseBeyondEnd, refuseIdle } from "./refusal.ts";
import type { ChannelSetup } from "./setup.ts";
import { ChannelSettings } from "./settings.ts";
import { ChannelTuning } from "./tuning.ts";
import { ForeignHosts } from "./foreign-hosts.ts";
import { createMedia } from "./create-media.ts";
import { monotonicMs } from "../clock.ts";
import { findItem, type FilmPlace } from "./film-place.ts";
import type { Media } from "./media.ts";
import { OnDemand } from "./on-demand.ts";
import type { InterfaceState } from "../send/sender-messages.ts";
import { publicReason } from "./public-reason.ts";
import type { SenderNews, SenderThread } from "../send/sender-thread.ts";
import type { SenderEvent } from "../send/sender-types.ts";
import { SourceError } from "../source/expand.ts";

/** What an operator has told a channel to do. */
export type Told = "play" | "pause" | "stop";

export class Channel {
  readonly name: string;
  readonly setup: ChannelSetup;
  readonly media: Media;
  readonly tuning: ChannelTuning;
  /** Who else sends to its group. */
  readonly foreign: ForeignHosts;
  readonly #settings: ChannelSettings;
  readonly #sender: SenderThread;
  readonly #tell: (news: ChannelNews) => void;
  readonly #opened = Promise.withResolvers<void>();
  readonly #demand: OnDemand;
  #state: ChannelState = "stopped";
  #reason: string | null = null;
  readonly #interfaces: ChannelInterfaces;
  #picture: Picture | null = null;
  #sdpVersion = 0;
  #told: Told | null = null;
  /** Why its live source is away; null while it is not. */
  #awayReason: string | null = null;
  /** Where it was told to begin: that is where it is until something plays. */
  #begunAt: FilmPlace | null = null;

  constructor(config: ChannelConfig, setup: ChannelSetup, sender: SenderThread, tell: (news: ChannelNews) => void) {
    this.name = setup.name;
    this.setup = setup;
    this.#sender = sender;
    this.#tell = tell;
    this.#interfaces = new ChannelInterfaces(tell);
    this.foreign = new ForeignHosts(() => this.config, tell);
    const settings = new ChannelSettings(config);
    this.#settings = settings;
    this.#demand = new OnDemand(config.onDemand);
    this.media = createMedia(() => settings.inForce, setup, sender, {
      onWarning: (text) => tell({ kind: "warning", text }),
      onGivenUp: (reason) => this.#fail(reason),
      onAway: (reason) => this.#noteAway(reason),
      onBack: () => this.#noteBack(),
    });
    this.tuning = new ChannelTuning(settings, this.media, sender, (keys) => tell({ kind: "settings", keys, fps: this.tuning.fps }));
  }

  /** A camera, a microphone, a URL: it has no places to go to. */
  get isLive(): boolean {
    return this.#settings.inForce.source.kind === "live";
  }

  /** Before it is opened: to another group than the derived one. */
  moveTo(group: string): void {
    this.#settings.moveTo(group);
    this.#sdpVersion++;
  }

  /** Opens the sockets. Resolves when every interface has been tried once. What was ordered before is done then. */
  async open(): Promise<void> {
    const { name, senderConfig, senderInit, srtpMaster } = this.setup;
    const route = { ...this.setup.route, group: this.config.group };
    this.#sender.post({ kind: "add", channel: name, config: senderConfig, init: senderInit, srtpMaster, route });
    await this.#opened.promise;
  }

  get state(): ChannelState {
    return this.#state;
  }

  get reason(): string | null {
    return this.#reason;
  }

  /** The same for anybody. */
  get publicReason(): string | null {
    return this.#reason === null ? null : publicReason(this.#reason, this.config.source, this.media.playlist);
  }

  get interfaces(): readonly InterfaceState[] {
    return this.#interfaces.states;
  }

  /** No interface takes packets. */
  get isCutOff(): boolean {
    return this.#interfaces.isCutOff;
  }

  /** As it is sent; null before the first. */
  get picture(): Picture | null {
    return this.#picture;
  }

  /** Grows whenever the session description has to change. */
  get sdpVersion(): number {
    return this.#sdpVersion + this.tuning.changes;
  }

  /** The configuration in force: what the file says, with what an operator has put above it, and the group that a derived one moved on to. */
  get config(): ChannelConfig {
    return this.tuning.inForce;
  }

  /** What an operator has told it to do last; null: nothing yet. */
  get told(): Told | null {
    return this.#told;
  }

  /** Where the film is; null when there is nothing to go back to. */
  placeAt(timelineMs: number | null): FilmPlace | null {
    if (this.isLive) return null;
    const info = this.media.itemAt(timelineMs);
    const item = info === null ? undefined : this.media.playlist[info.itemIndex];
    if (timelineMs === null && (this.#state === "starting" || this.#state === "paused")) return this.#begunAt;
    const isPlaying = this.#state === "playing" || this.#state === "paused";
    if (info === null || item === undefined || timelineMs === null || !isPlaying) return null;
    const positionMs = Math.max(0, Math.round(timelineMs - info.timelineMs));
    return { path: item.kind === "file" ? item.path : null, itemIndex: info.itemIndex, positionMs };
  }

  /** An operator starts it; `begin` is for the daemon's own start. */
  start(): void {
    if (this.#state === "idle") throw refuseIdle(this.name);
    this.#told = "play";
    if (this.#state === "paused") return this.resume();
    if (this.#state !== "playing" && this.#state !== "starting" && this.#state !== "no-signal") this.begin(null);
  }

  /** So many clients have joined it by now: a source that is there for them alone starts, or stops after a while. */
  noteClients(count: number, nowMs: number): void {
    const wish = this.#demand.note(count, nowMs);
    if (wish === "start" && this.#state === "idle") this.begin(this.#begunAt);
    if (wish !== "stop" || this.#state === "stopped" || this.#state === "failed" || this.#state === "ended") return;
    this.media.stop();
    this.#begunAt = null;
    this.#sender.post({ kind: "stop", channel: this.name });
    this.#enter("idle", "its source starts when somebody joins");
  }

  /** The daemon has started: goes on as it was left, or as the configuration says. Returns whether it has begun to play. */
  takeUp(told: Told | null, place: FilmPlace | null): boolean {
    this.#told = told;
    if (told === "stop" || (told === null && !this.config.autostart)) return false;
    this.begin(place);
    return true;
  }

  /** Plays from the place, or from the first film's beginning where that is null or its film is gone; paused, if that was the last word. */
  begin(place: FilmPlace | null): void {
    this.#begunAt = place;
    if (!this.#demand.isWanted) return this.#enter("idle", "its source starts when somebody joins");
    try {
      const items = this.setup.findItems((text) => this.#tell({ kind: "warning", text }));
      // It may have failed in a pause.
      if (this.#state === "failed") this.#sender.post({ kind: "resume", channel: this.name });
      this.#enter("starting", null);
      const itemIndex = place === null ? -1 : findItem(items, place);
      this.media.start(items, Math.max(0, itemIndex), itemIndex < 0 ? 0 : (place?.positionMs ?? 0));
      if (this.#told === "pause") this.pause();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#fail(error.message);
    }
  }

  stop(): void {
    this.#told = "stop";
    this.media.stop();
    this.#sender.post({ kind: "stop", channel: this.name });
    if (this.#state !== "failed") this.#enter("stopped", null);
  }

  /** The daemon ends: the source goes, and the sender says goodbye by itself. */
  leave(): void {
    this.media.stop();
  }

  pause(): void {
    if (this.#state === "paused") return;
    this.#requireRunning("paused");
    this.#told = "pause";
    this.media.hold();
    this.#sender.post({ kind: "pause", channel: this.name });
    this.#enter("paused", null);
  }

  resume(): void {
    if (this.#state === "playing") return;
    if (this.#state === "idle") throw refuseIdle(this.name);
    if (this.#state !== "paused") throw new ChannelRefusal(`channel ${this.name} is ${this.#state}, not paused; use channel start`);
    this.#told = "play";
    this.media.release();
    this.#sender.post({ kind: "resume", channel: this.name });
    this.#enter(this.#awayReason === null ? "playing" : "no-signal", this.#awayReason);
  }

  /** `timelineMs`: where the channel is now, from its statistics. */
  seek(positionMs: number, timelineMs: number | null): void {
    this.#requireRunning("moved");
    this.#requireFilm();
    const item = this.media.itemAt(timelineMs);
    const durationMs = item?.durationMs ?? null;
    if (durationMs !== null && positionMs >= durationMs) throw refuseBeyondEnd(positionMs, item?.name ?? "the film", durationMs);
    this.media.moveTo(this.media.itemIndexAt(timelineMs), positionMs);
  }

  next(timelineMs: number | null): void {
    this.#requireRunning("moved");
    this.#requireFilm();
    const count = this.media.playlist.length;
    const index = this.media.itemIndexAt(timelineMs) + 1;
    if (index >= count && !this.config.loop) throw new ChannelRefusal(`channel ${this.name} plays its last film`);
    this.media.moveTo(index % count, 0);
  }

  /** Lets the receivers' reports take effect; about once a second. */
  async adapt(): Promise<void> {
    const news = this.tuning.adapt(this.tuning.rate.isAdaptive ? await this.#readSending() : null, monotonicMs());
    if (news !== null) this.#tell({ kind: "adapted", ...news });
  }

  /** News of this channel from the sender thread. */
  hear(news: Exclude<SenderNews, { kind: "tapped" }>): void {
    if (news.kind === "consumed") this.media.noteConsumed(news.frames, news.samples);
    else if (news.kind === "interfaces") {
      this.#interfaces.hear(news.states, news.isFirst);
      if (news.isFirst) this.#opened.resolve();
    } else this.#hearEvent(news.event);
  }

  #hearEvent(event: SenderEvent): void {
    switch (event.kind) {
      case "playing":
        if (event.generation === this.media.generation && this.#state === "starting") this.#enter("playing", null);
        return;
      case "picture":
        if (event.width !== this.#picture?.width || event.height !== this.#picture.height) this.#sdpVersion++;
        this.#picture = event;
        return this.#tell({ kind: "picture", picture: event });
      case "bad-picture":
        return this.#tell({ kind: "warning", text: `a picture was not sent: ${event.reason}` });
      case "behind":
        if (event.generation === this.media.generation) this.media.noteBehind(event.timelineMs);
        return;
      case "ended":
        if (event.generation !== this.media.generation) return;
        // The end was decided before an order that was given meanwhile: who stopped the channel has the last word, and a pause is over.
        if (this.#state === "stopped" || this.#state === "failed" || this.#state === "idle") return;
        if (this.#state === "paused") this.#sender.post({ kind: "stop", channel: this.name });
        this.media.stop();
        return this.#enter("ended", null);
    }
  }

  async #readSending(): Promise<Sending> {
    const { generation, timelineMs, isStarved } = (await this.#sender.statistics(this.name)).statistics;
    return { generation, timelineMs, isSteady: this.#state === "playing" && !this.isCutOff && !isStarved };
  }

  #noteAway(reason: string): void {
    this.#awayReason = reason;
    if (this.#state === "playing" || this.#state === "starting" || this.#state === "no-signal") this.#enter("no-signal", reason);
  }

  #noteBack(): void {
    this.#awayReason = null;
    if (this.#state === "no-signal") this.#enter("playing", null);
  }

  /** No source will be started until an operator starts the channel again. */
  #fail(reason: string): void {
    this.media.stop();
    this.#enter("failed", reason);
  }

  #enter(state: ChannelState, reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
    this.#tell({ kind: "state", state, reason, publicReason: this.publicReason });
  }

  #requireFilm(): void {
    if (this.isLive) throw new ChannelRefusal(`channel ${this.name} is live: there is no other place in it than now`);
  }

  #requireRunning(done: string): void {
    if (this.#state === "playing" || this.#state === "no-signal" || this.#state === "paused" || this.#state === "starting") return;
    if (this.#state === "idle") throw refuseIdle(this.name);
    throw new ChannelRefusal(`channel ${this.name} is ${this.#state} and cannot be ${done}; start it first`);
  }
}
