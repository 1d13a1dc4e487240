/**
 * A channel's pictures, one after the other, pure: the pacer's queue, the timeline and the time go in; the packets that leave now, the picture
 * that they show and the next deadline come out. When the film has no picture in time, the last one is sent again.
 */

import { FramePacer, type PacedFrame } from "../pace/frame-pacer.ts";
import { Repetition } from "../pace/repetition.ts";
import { spreadWindowMs } from "../pace/spread.ts";
import type { Timeline } from "../pace/timeline.ts";
import type { Begun } from "../packetize/begun.ts";
import type { Pictures } from "../packetize/profile.ts";
import type { SenderConfig } from "./sender-types.ts";

/** A picture's packets are made this long before it is due at the latest, so that when the time has come there is nothing left to do but send. */
export const PREPARE_MS = 0.2;
/** They are made earlier at a wake-up that happens anyway: sound has one every 7 ms. */
export const PREPARE_AHEAD_MS = 10;
const NEVER = Number.POSITIVE_INFINITY;

/** Packets were made, of a new picture or of the last one again; or could not be. */
export type PreparedPicture = { readonly kind: "new" } | { readonly kind: "repeated" } | { readonly kind: "bad"; readonly reason: string };

export type PictureGroup = {
  readonly packets: readonly Uint8Array[];
  /** The new picture of which these are the first packets. */
  readonly shown: FirstShown | null;
};

export type FirstShown = {
  readonly frame: PacedFrame;
  readonly dueMs: number;
  /** Its size or quality is another than that of the picture before. */
  readonly isNewFormat: boolean;
};

export class PictureSender {
  /** The pictures that wait. */
  readonly pacer: FramePacer;
  /** What makes packets of them, and the reports that go with these. */
  readonly stream: Pictures;
  readonly #timeline: Timeline;
  readonly #blackPicture: Uint8Array;
  readonly #repetition = new Repetition();
  #spread: number;
  #lastFrame: PacedFrame | null = null;
  /** The picture whose packets are made, none of which has left. */
  #prepared: { readonly frame: PacedFrame; readonly dueMs: number } | null = null;

  constructor(config: SenderConfig, stream: Pictures, timeline: Timeline) {
    this.pacer = new FramePacer(config.fps);
    this.stream = stream;
    this.#timeline = timeline;
    this.#blackPicture = config.blackPicture;
    this.#spread = config.spread;
  }

  /** From the next picture on. */
  setSpread(spread: number): void {
    this.#spread = spread;
  }

  /** The first repetition counts from `fromMs`, if no picture comes before. */
  restartRepetition(fromMs: number): void {
    this.#repetition.restart(fromMs);
  }

  /** Forgets the pictures of which nothing has left. One that is under way goes on. */
  clear(): void {
    if (this.#prepared !== null) this.abandon();
    this.pacer.clear();
  }

  /** What has not left of the current picture never will. */
  abandon(): void {
    this.#prepared = null;
    this.stream.abandon();
  }

  /** Makes the packets of the picture that is due within `aheadMs`, or of the last one if it is time for it again. Null when there is none to make. */
  prepare(nowMs: number, aheadMs: number): PreparedPicture | null {
    if (this.stream.isUnderWay) return null;
    const { epochMs } = this.#timeline;
    const due = epochMs === null ? null : this.pacer.poll(this.#timeline.clockMs(nowMs), this.#timeline.clockMs(nowMs + aheadMs), epochMs);
    if (due?.kind === "frame") return this.#prepareFrame(due.frame, due.dueMs, nowMs);
    return this.#repetition.nextMs(this.#nextFrameMs()) <= nowMs ? this.#prepareRepetition(nowMs) : null;
  }

  /** The packets that leave now; null when there are none. */
  takeGroup(nowMs: number): PictureGroup | null {
    const packets = this.stream.takeGroup(nowMs);
    return packets.length === 0 ? null : { packets, shown: this.#takeShown() };
  }

  /** When the next group leaves, or the next picture's packets have to be made. A group may wait a little for a wake-up at `otherMs`. */
  nextDeadlineMs(otherMs: number): number {
    if (this.stream.isUnderWay) return this.stream.groupDeadlineMs(otherMs);
    const nextFrameMs = this.#nextFrameMs();
    return Math.min(nextFrameMs - PREPARE_MS, this.#repetition.nextMs(nextFrameMs));
  }

  /** When the next group of the picture that is under way leaves; never, where there is none. */
  get restDeadlineMs(): number {
    return this.stream.isUnderWay ? this.stream.groupDeadlineMs(NEVER) : NEVER;
  }

  #prepareFrame(frame: PacedFrame, dueMs: number, nowMs: number): PreparedPicture {
    const begun = this.#begin(frame.jpeg, dueMs, nowMs, spreadWindowMs(this.#spread, frame.sourceIntervalMs, this.pacer.fps));
    if (!begun.ok) return { kind: "bad", reason: begun.reason };
    this.#prepared = { frame, dueMs };
    return { kind: "new" };
  }

  #prepareRepetition(nowMs: number): PreparedPicture {
    const dueMs = this.#repetition.dueMs(nowMs);
    this.pacer.noteSent(dueMs);
    const jpeg = this.#lastFrame?.jpeg ?? this.#blackPicture;
    const begun = this.#begin(jpeg, dueMs, nowMs, spreadWindowMs(this.#spread, null, null));
    return begun.ok ? { kind: "repeated" } : { kind: "bad", reason: begun.reason };
  }

  #begin(jpeg: Uint8Array, dueMs: number, nowMs: number, windowMs: number): Begun {
    this.#repetition.restart(dueMs);
    return this.stream.begin(jpeg, dueMs, Math.max(dueMs, nowMs), windowMs);
  }

  #takeShown(): FirstShown | null {
    if (this.#prepared === null) return null;
    const { frame, dueMs } = this.#prepared;
    const before = this.#lastFrame;
    this.#prepared = null;
    this.#lastFrame = frame;
    const isSameFormat = before?.width === frame.width && before.height === frame.height && before.quality === frame.quality;
    return { frame, dueMs, isNewFormat: !isSameFormat };
  }

  #nextFrameMs(): number {
    const { epochMs, isPaused } = this.#timeline;
    return epochMs === null || isPaused ? NEVER : this.pacer.nextDueMs(epochMs);
  }
}
