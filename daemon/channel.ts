/**
 * One channel on the main thread: its state, what an operator may do to it, and what its sender tells. Media passes through
 * `ChannelMedia` without being looked at.
 */

import type { ChannelConfig } from "../config/schema.ts";
import { ChannelMedia } from "./channel-media.ts";
import type { InterfaceState, Route } from "./send/sender-messages.ts";
import type { SenderNews, SenderThread } from "./send/sender-thread.ts";
import type { SenderConfig, SenderEvent, SenderInit } from "./send/sender-types.ts";
import { SourceError } from "./source/expand.ts";
import type { SourceItem } from "./source/messages.ts";

export type ChannelState = "starting" | "playing" | "paused" | "stopped" | "ended" | "failed";

export type ChannelSetup = {
  readonly name: string;
  readonly config: ChannelConfig;
  /** Looks for the configured files anew. Throws a `SourceError`. */
  readonly findItems: () => readonly SourceItem[];
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

/** A refusal that an operator can read. */
export class ChannelRefusal extends Error {}

/** Rates that differ by less are the same: 23.976 and 23.98. */
const SAME_RATE = 1.001;

export class Channel {
  readonly name: string;
  readonly setup: ChannelSetup;
  readonly media: ChannelMedia;
  readonly #sender: SenderThread;
  readonly #tell: (news: ChannelNews) => void;
  readonly #opened = Promise.withResolvers<void>();
  #state: ChannelState = "stopped";
  #reason: string | null = null;
  #interfaces: readonly InterfaceState[] = [];
  #picture: Picture | null = null;
  #sdpVersion = 0;
  #fps: number | null;

  constructor(setup: ChannelSetup, sender: SenderThread, tell: (news: ChannelNews) => void) {
    this.name = setup.name;
    this.setup = setup;
    this.#sender = sender;
    this.#tell = tell;
    this.#fps = setup.senderConfig.fps;
    this.media = new ChannelMedia(setup.config, sender, {
      onWarning: (text) => tell({ kind: "warning", text }),
      onGivenUp: (reason) => this.#fail(reason),
    });
  }

  /** Opens the sockets. Resolves when every interface has been tried once. */
  async open(): Promise<void> {
    const { name, senderConfig, senderInit, route } = this.setup;
    this.#sender.post({ kind: "add", channel: name, config: senderConfig, init: senderInit, route });
    await this.#opened.promise;
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

  /** No interface takes packets. */
  get isCutOff(): boolean {
    return this.#interfaces.length > 0 && this.#interfaces.every(({ problem }) => problem !== null);
  }

  /** As it is sent; null before the first. */
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

  start(): void {
    if (this.#state === "paused") return this.resume();
    if (this.#state === "playing" || this.#state === "starting") return;
    try {
      const items = this.setup.findItems();
      this.#enter("starting", null);
      this.media.start(items);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#fail(error.message);
    }
  }

  stop(): void {
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
    this.#sender.post({ kind: "pause", channel: this.name });
    this.#enter("paused", null);
  }

  resume(): void {
    if (this.#state === "playing") return;
    if (this.#state !== "paused") throw new ChannelRefusal(`channel ${this.name} is ${this.#state}, not paused; use channel start`);
    this.media.forgetBehind();
    this.#sender.post({ kind: "resume", channel: this.name });
    this.#enter("playing", null);
  }

  /** `timelineMs`: where the channel is now, from its statistics. */
  seek(positionMs: number, timelineMs: number | null): void {
    this.#requireRunning("moved");
    const item = this.media.itemAt(timelineMs);
    const durationMs = item?.durationMs ?? null;
    if (durationMs !== null && positionMs >= durationMs) {
      throw new ChannelRefusal(`${seconds(positionMs)} lies past the end of ${item?.name ?? "the film"} (${seconds(durationMs)})`);
    }
    this.media.moveTo(item?.itemIndex ?? 0, positionMs);
  }

  next(timelineMs: number | null): void {
    this.#requireRunning("moved");
    const count = this.media.playlist.length;
    const index = (this.media.itemAt(timelineMs)?.itemIndex ?? 0) + 1;
    if (index >= count && !this.setup.config.loop) throw new ChannelRefusal(`channel ${this.name} plays its last film`);
    this.media.moveTo(index % count, 0);
  }

  /** A rate above the source's is refused; null takes the source's own. */
  setFps(fps: number | null, timelineMs: number | null): void {
    const item = this.media.itemAt(timelineMs);
    const sourceFps = item?.video?.fps ?? null;
    if (fps !== null && sourceFps !== null && fps > sourceFps * SAME_RATE) {
      const has = `${item?.name ?? "the source"} has ${round(sourceFps)} frames a second`;
      throw new ChannelRefusal(`${has}: ${round(fps)} is more; use at most ${round(sourceFps)}`);
    }
    this.#fps = fps;
    this.#sender.post({ kind: "fps", channel: this.name, fps });
  }

  /** News of this channel from the sender thread. */
  hear(news: SenderNews): void {
    if (news.kind === "consumed") this.media.noteConsumed(news.frames, news.samples);
    else if (news.kind === "interfaces") this.#hearInterfaces(news.states, news.isFirst);
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
        if (event.generation === this.media.generation && this.#state === "starting") this.#enter("playing", null);
        return;
      case "picture":
        if (event.width !== this.#picture?.width || event.height !== this.#picture.height) this.#sdpVersion++;
        this.#picture = event;
        return;
      case "bad-picture":
        return this.#tell({ kind: "warning", text: `a picture was not sent: ${event.reason}` });
      case "behind":
        return this.media.noteBehind(event.timelineMs);
      case "ended":
        if (event.generation !== this.media.generation) return;
        this.media.stop();
        return this.#enter("ended", null);
    }
  }

  /** No source will be started until an operator starts the channel again. */
  #fail(reason: string): void {
    this.media.stop();
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

function seconds(ms: number): string {
  return `${round(ms / 1000)} s`;
}
