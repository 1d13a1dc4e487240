/**
 * Something live: its source, which is started again for ever, and what stands in for it while it is away. Pictures and sound go to the sender
 * as soon as they come; when the first of them comes, what stood in makes room.
 */

import type { ChannelConfig } from "../../config/schema.ts";
import { FilmMedia, type MediaListener, type Stage } from "./film-media.ts";
import { positionIn } from "./item-track.ts";
import type { Media } from "./media.ts";
import type { SenderThread } from "../send/sender-thread.ts";
import { sourceFormat } from "./source-format.ts";
import { isListener, publicName } from "../source/live/public-name.ts";
import type { ItemInfo, OpenCommand, SourceCache, SourceItem, SourceMessage, SourceStart } from "../source/messages.ts";
import { SourceSupervisor } from "../supervise/supervisor.ts";

export type LiveListener = Pick<MediaListener, "onWarning"> & {
  /** It is away, for this reason, or for another one than before; what stands in is about to be sent, or nothing. */
  readonly onAway: (reason: string) => void;
  /** It is there again, or for the first time. */
  readonly onBack: () => void;
};

/** A source that was there is given so long to come back before something stands in. */
const GRACE_MS = 1000;

export class LiveMedia implements Media {
  readonly #config: () => ChannelConfig;
  readonly #sender: SenderThread;
  readonly #listener: LiveListener;
  readonly #stage: Stage;
  readonly #supervisor: SourceSupervisor;
  readonly #standIn: FilmMedia;
  readonly #ssrc: number;
  #playlist: readonly SourceItem[] = [];
  #info: ItemInfo | null = null;
  /** The generation of the source's present process. */
  #generation = 0;
  /** Whether what is sent comes from it. */
  #isOnStage = false;
  /** That it is away has been told; something stands in, unless nothing is to. */
  #isAway = false;
  #isStandingIn = false;
  /** In a pause that began with a picture of it. */
  #isHeld = false;
  /** Its last process had brought something. */
  #hasLeft = false;
  #grace: NodeJS.Timeout | null = null;
  /** The problem that was told last; null while there is none. */
  #problem: string | null = null;
  #oversizeFrames = 0;

  /** `cache`: for a film that stands in; `ssrc`: of the channel's picture. */
  constructor(config: () => ChannelConfig, cache: SourceCache, sender: SenderThread, listener: LiveListener, stage: Stage, ssrc: number) {
    this.#ssrc = ssrc;
    this.#config = config;
    this.#sender = sender;
    this.#listener = listener;
    this.#stage = stage;
    this.#standIn = new FilmMedia(
      // It is needed for as long as the source is away.
      () => ({ ...config(), loop: true }),
      cache,
      sender,
      { onWarning: listener.onWarning, onGivenUp: (reason) => this.#loseStandIn(reason) },
      stage,
    );
    this.#supervisor = new SourceSupervisor({
      isLive: true,
      name: () => this.#name(),
      mayWait: () => this.#isListener(),
      onWaiting: () => this.#noteWaiting(),
      openAt: (start) => this.#openCommand(start),
      resumeAt: () => this.#nextStart(),
      onMessage: (message) => this.#receive(message),
      onLost: (reason) => this.#lose(reason),
      onGivenUp: (reason) => this.#lose(reason),
      onLog: (line) => listener.onWarning(`source: ${line}`),
    });
  }

  get generation(): number {
    return this.#isStandingIn ? this.#standIn.generation : this.#generation;
  }

  get playlist(): readonly SourceItem[] {
    return this.#playlist;
  }

  get restarts(): number {
    return this.#supervisor.restarts;
  }

  /** Also while it is away: it would be the same again. */
  get relays(): readonly number[] | null {
    return this.#info?.relays ?? null;
  }

  get sourcePid(): number | null {
    return this.#supervisor.pid;
  }

  get oversizeFrames(): number {
    return this.#oversizeFrames + this.#standIn.oversizeFrames;
  }

  itemAt(timelineMs: number | null): ItemInfo | null {
    return this.#isStandingIn ? this.#standIn.itemAt(timelineMs) : this.#info;
  }

  /** It is alone in its playlist. */
  itemIndexAt(): number {
    return 0;
  }

  positionAt(timelineMs: number | null): number {
    if (this.#isStandingIn) return this.#standIn.positionAt(timelineMs);
    return this.#info === null || timelineMs === null ? 0 : positionIn(this.#info, timelineMs);
  }

  start(playlist: readonly SourceItem[]): void {
    this.stop();
    this.#playlist = playlist;
    this.#problem = null;
    this.#hasLeft = false;
    this.#supervisor.start(this.#nextStart());
  }

  /** Something live has no other place than now. */
  moveTo(): void {}

  reformat(): void {
    this.#supervisor.reformat(sourceFormat(this.#config()));
    if (this.#isStandingIn) this.#standIn.reformat();
  }

  stop(): void {
    this.#supervisor.stop();
    this.#leaveStandIn();
    this.#isOnStage = false;
    this.#isHeld = false;
    this.#info = null;
  }

  noteConsumed(frames: number, samples: number): void {
    // Both have the same feed, and live sources are never waited for.
    this.#standIn.noteConsumed(frames, samples);
  }

  noteBehind(timelineMs: number): void {
    if (this.#isStandingIn) this.#standIn.noteBehind(timelineMs);
  }

  /** Its last picture stays, whatever becomes of it meanwhile. */
  hold(): void {
    this.#isHeld = this.#isOnStage;
  }

  release(): void {
    this.#standIn.release();
    this.#isHeld = false;
    if (this.#isStandingOnSlate) this.#standIn.start([this.#slate()], 0, 0);
    else if (this.#isAway) this.#startStandIn();
  }

  /** It shows the time of day, and a pause has made that late. */
  get #isStandingOnSlate(): boolean {
    return this.#isStandingIn && this.#standIn.playlist.some(({ kind }) => kind === "slate");
  }

  #receive(message: SourceMessage): void {
    if (message.kind === "item") {
      this.#info = message.info;
      return;
    }
    if (message.kind === "item-error") {
      // A fatal one is told when the process has gone.
      if (!message.fatal) this.#listener.onWarning(message.message);
      return;
    }
    if (message.kind === "end" || message.generation !== this.#generation) return;
    if (!this.#isOnStage) this.#enterStage();
    if (message.kind === "frame" && message.isReduced) this.#oversizeFrames++;
    this.#stage.feed.push(message, this.#info);
  }

  #enterStage(): void {
    this.#isOnStage = true;
    this.#leaveStandIn();
    this.#expect();
    this.#problem = null;
    this.#listener.onBack();
  }

  #lose(reason: string): void {
    this.#hasLeft = this.#isOnStage;
    this.#isOnStage = false;
    this.#tellProblem(reason, this.#hasLeft && this.#isListener() ? reason : `${reason}; it is tried again`);
    // What stood in may have been lost as well.
    if (this.#isAway) this.#startStandIn();
    else this.#grace ??= setTimeout(() => this.#enterStandIn(), this.#hasLeft ? GRACE_MS : 0);
  }

  /** Where somebody has pushed, that he has left says it already. */
  #noteWaiting(): void {
    if (this.#hasLeft) return;
    const reason = `${this.#name()}: nobody pushes to it yet; have the other end send there, by an address of this host`;
    this.#tellProblem(reason, reason);
    if (!this.#isAway) this.#enterStandIn();
  }

  #tellProblem(reason: string, line: string): void {
    if (reason === this.#problem) return;
    this.#problem = reason;
    this.#listener.onWarning(line);
    if (this.#isAway) this.#listener.onAway(reason);
  }

  #enterStandIn(): void {
    this.#grace = null;
    if (this.#isOnStage || this.#problem === null) return;
    this.#isAway = true;
    this.#listener.onAway(this.#problem);
    this.#startStandIn();
  }

  #startStandIn(): void {
    const { fallback } = this.#config();
    if (fallback.kind === "none" || this.#isStandingIn || this.#isHeld) return;
    this.#isStandingIn = true;
    this.#standIn.start([fallback.kind === "file" ? { kind: "file", path: fallback.path } : this.#slate()], 0, 0);
  }

  /** The file that was to stand in cannot be played: the slate can. Where not even that can, it is tried again when the source has been. */
  #loseStandIn(reason: string): void {
    this.#listener.onWarning(`fallback: ${reason}`);
    this.#isStandingIn = this.#standIn.playlist.some(({ kind }) => kind === "file");
    if (this.#isStandingIn) this.#standIn.start([this.#slate()], 0, 0);
  }

  #slate(): SourceItem {
    return { kind: "slate", title: this.#config().name };
  }

  #leaveStandIn(): void {
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = null;
    if (this.#isStandingIn) this.#standIn.stop();
    this.#isStandingIn = false;
    this.#isAway = false;
  }

  #isListener(): boolean {
    return this.#playlist.some((item) => item.kind === "live" && isListener(item.input));
  }

  #name(): string {
    const [item] = this.#playlist;
    return item?.kind === "live" ? publicName(item.input) : "the source";
  }

  /** From now on the sender takes what the source brings. */
  #expect(): void {
    const { name, capture } = this.#config();
    const live = { delayMs: capture.delayMs === "auto" ? null : capture.delayMs, queueFrames: capture.queueFrames };
    this.#sender.post({ kind: "expect", channel: name, generation: this.#generation, live });
  }

  /** Every process of the source has a generation of its own. */
  #nextStart(): SourceStart {
    this.#generation = this.#stage.nextGeneration();
    return { generation: this.#generation, itemIndex: 0, positionMs: 0, timelineMs: 0 };
  }

  #openCommand(start: SourceStart): OpenCommand {
    const { readAhead } = this.#config();
    const format = sourceFormat(this.#config());
    return { kind: "open", items: this.#playlist, loop: false, format, readAhead, cache: null, start, ssrc: this.#ssrc };
  }
}
